import Foundation
import RecurrentData

/// The skills that a model knows: those of the training data. Coded as an array of their names.
struct SkillTable: Sendable, Equatable, Codable {
  /// The names; the first has index 1, since 0 is for skills that are not known.
  let names: [String]
  private let indices: [String: Int32]

  init(names: [String]) {
    self.names = names
    indices = Dictionary(names.enumerated().map { ($1, Int32($0 + 1)) }) { first, _ in first }
  }

  /// The skills of some answers: numbers by value where all are numbers, else by name.
  init(of students: [StudentAnswers]) {
    let names = Set(students.lazy.flatMap(\.answers).flatMap(\.skills))
    let numbers = names.compactMap { name in Int(name).map { (value: $0, name: name) } }
    self.init(
      names: numbers.count == names.count
        ? numbers.sorted { $0.value != $1.value ? $0.value < $1.value : $0.name < $1.name }.map(\.name) : names.sorted())
  }

  init(from decoder: any Decoder) throws { self.init(names: try decoder.singleValueContainer().decode([String].self)) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(names)
  }

  /// The skills and the place for unknown ones.
  var count: Int { names.count + 1 }

  /// The name of the skill with an index.
  func name(of index: Int32) -> String { index == 0 ? "unknown" : names[Int(index) - 1] }

  /// The skills of students that are not among these.
  ///
  /// - Throws: ``EvaluationError`` where none of theirs is.
  func unknown(of students: [StudentAnswers], path: String) throws(EvaluationError) -> UnknownNames {
    var unknown = UnknownNames("skill", "skills")
    var isAnyKnown = false
    for skill in students.lazy.flatMap(\.answers).flatMap(\.skills) {
      if self[skill] == 0 { unknown.add(skill) } else { isAnyKnown = true }
    }
    if !isAnyKnown, !unknown.names.isEmpty {
      throw EvaluationError(unknown.refusal(path: path, subject: "these answers", known: names))
    }
    return unknown
  }

  /// The index of a skill.
  subscript(name: String) -> Int32 { indices[name] ?? 0 }
}

/// Students' answers as sequences, cut and marked as the configuration says, in three parts.
struct AnswerCorpus: Sendable {
  let skills: SkillTable
  let train: [SkillSequence]
  let validation: [SkillSequence]
  /// What is trained on.
  let trainedOn: TrainedOn
  /// What must be told of the data.
  let notes: [String]

  /// The data of a training run.
  ///
  /// - Throws: `DataError` for what cannot be read, or too few students.
  init(_ source: DataSource, _ data: AnswerDataConfiguration, by dealing: Dealing = .content) throws {
    var notes: [String] = []
    let students = try Parts<[StudentAnswers]>(source, data, by: dealing) { notes.append($0) }
    let (train, validation) = (try students.part(.train), try students.part(.validation))
    let skills = SkillTable(of: train)
    self.skills = skills
    trainedOn = TrainedOn(train.contents)
    self.train = train.flatMap { $0.sequences(data, skills: skills) }
    self.validation = validation.flatMap { $0.sequences(data, skills: skills) }
    func counted(_ sequences: [SkillSequence]) -> (all: Int, counting: Int) {
      let answers = sequences.lazy.flatMap(\.answers)
      return (answers.count, answers.count(where: \.counts))
    }
    let (all, counting) = counted(self.train + self.validation)
    notes.append(
      "\(Figures.grouped(train.count)) students to learn from and \(Figures.grouped(validation.count)) to validate with, "
        + "\(Figures.grouped(all)) answers to \(Figures.counted(skills.names.count, "skill"))")
    if let longest = data.longestPractice, counting < all {
      notes.append(
        "\(Figures.grouped(all - counting)) answers are not counted: more than \(longest) of one student to one skill")
    }
    self.notes = notes + students.overlaps
    if counted(self.train).counting == 0 {
      throw DataError(students.path, "there is no answer to learn from: data.longestPractice leaves out all of them")
    }
    let measured = AnswerScores(self.validation, probabilities: self.validation.map { $0.answers.map { _ in 0.5 } })
    if measured.area == nil {
      throw DataError(
        students.path,
        "the answers of the validation part are all right or all wrong, so that no model can be told from another; "
          + "there must be more students")
    }
  }
}

/// A student's answers by the names of their skills: what is known before a model's skills are.
struct StudentAnswers: Sendable, Equatable {
  struct Answer: Sendable, Equatable {
    /// One at least; several where the question has several.
    var skills: [String]
    var isRight: Bool
  }

  var student: String
  /// Whether the file names its students; else they are numbered by their places.
  var isNamed: Bool
  var answers: [Answer]

  /// A student of a set; the rows of one answer are one.
  init(_ sequence: AnswerSequence, of set: AnswerSet, isNamed: Bool) {
    (student, self.isNamed) = (sequence.student, isNamed)
    answers = []
    for row in 0..<sequence.count {
      let skill = set.skillNames[sequence.skills[row]]
      if row > 0, sequence.attempts[row] == sequence.attempts[row - 1] {
        answers[answers.count - 1].skills.append(skill)
      } else {
        answers.append(Answer(skills: [skill], isRight: sequence.isCorrect[row]))
      }
    }
  }

  /// The students of a file; `note` is told of rows that are passed over.
  static func read(_ url: URL, _ data: AnswerDataConfiguration, noting note: (String) -> Void = { _ in }) throws -> [StudentAnswers] {
    let set =
      switch data.format {
      case .threeLines: try AnswerSet(threeLines: url)
      case .table:
        try AnswerSet(
          table: Table(contentsOf: url, format: data.separator.format(of: url)), columns: data.columns, skipsWithoutSkill: data.skipWithoutSkill)
      }
    for omission in set.omissions { note("\(set.path): \(omission)") }
    return set.students.map { StudentAnswers($0, of: set, isNamed: data.format == .table) }
  }

  /// The sequences that a model reads: one, or one for each skill; what is not to be counted is marked.
  func sequences(_ data: AnswerDataConfiguration, skills table: SkillTable) -> [SkillSequence] {
    var practice: [String: Int] = [:]
    for answer in answers { for skill in answer.skills { practice[skill, default: 0] += 1 } }
    func read(_ answer: StudentAnswers.Answer) -> SkillAnswer {
      let longest = data.longestPractice ?? .max
      return SkillAnswer(
        skills: answer.skills.map { table[$0] }, isRight: answer.isRight,
        counts: answer.skills.allSatisfy { practice[$0, default: 0] <= longest })
    }
    guard data.history == .skill else {
      return answers.isEmpty ? [] : [SkillSequence(student: student, answers: answers.map(read))]
    }
    // A question with several skills goes to each of them, where it is read alone.
    var order: [String] = []
    var bySkill: [String: [SkillAnswer]] = [:]
    for answer in answers {
      for skill in answer.skills {
        if bySkill[skill] == nil { order.append(skill) }
        var read = read(answer)
        read.skills = [table[skill]]
        bySkill[skill, default: []].append(read)
      }
    }
    return order.map { SkillSequence(student: student, answers: bySkill[$0] ?? []) }
  }
}

extension StudentAnswers: Example {
  static var nouns: (one: String, many: String) { ("student", "students") }

  /// What a student is known by: the name with the first answers, so that a student is the same who has answered more since, and another one
  /// with the same number in another file is not; all answers, where there is no name.
  var content: ContentHash {
    var hasher = ContentHasher()
    if isNamed { hasher.add(student) }
    for answer in isNamed ? answers.prefix(5) : answers[...] {
      for skill in answer.skills { hasher.add(skill) }
      hasher.add(answer.isRight ? 1 : 0)
    }
    return hasher.hash
  }

  /// What a student is dealt by: the name, or all answers where there is none.
  fileprivate var key: ContentHash {
    guard isNamed else { return content }
    var hasher = ContentHasher()
    hasher.add(student)
    return hasher.hash
  }
}

extension Parts<[StudentAnswers]> {
  /// Reads the students of a file, or of a directory with a file for each part; a file is dealt by students, in the same way every time: a
  /// model's test part must not hold students that it learned from.
  init(_ source: DataSource, _ data: AnswerDataConfiguration, by dealing: Dealing = .content, noting note: (String) -> Void = { _ in }) throws {
    func dealt(_ students: [StudentAnswers], _ fractions: SplitFractions) -> [DataPart: [Int]] {
      switch dealing {
      case .content: Splits.byContent(students.map(\.key), fractions: fractions, seed: 1)
      case .place: Splits.random(count: students.count, fractions: fractions, seed: 1)
      }
    }
    try self.init(
      source, directory: { try Splits.files(in: $0, extensions: data.extensions).mapValues { try StudentAnswers.read($0, data, noting: note) } },
      file: { try StudentAnswers.read($0, data, noting: note) }, dividing: { dealt($0, data.fractions) },
      holdingOut: { students in
        let parts = dealt(students, .holdingOut(data.validation))
        if (parts[.train] ?? []).isEmpty || (parts[.validation] ?? []).isEmpty {
          throw DataError(
            source.name, "there are \(students.count) students to learn from, too few to keep some for validation")
        }
        return parts
      }
    ) { part in
      switch part {
      case .train: "a directory needs a train file, and a single file a share for it in data.split"
      case .validation: "add a valid file, or a share for it in data.split"
      case .test: "add a test file, or a share for it in data.split"
      }
    }
  }
}
