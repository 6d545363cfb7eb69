import Foundation
import Testing

@testable import RecurrentData

struct AnswerSetTests {
  @Test func threeLines() throws {
    let set = try withFile("3\n51,51,7,\n0,1,1,\n\n1\r\n7\r\n1\r\n") { try AnswerSet(threeLines: $0) }
    #expect(set.skillNames == ["51", "7"])
    #expect(set.students.map(\.skills) == [[0, 0, 1], [1]])
    #expect(set.students.map(\.isCorrect) == [[false, true, true], [true]])
    #expect(set.students.map(\.attempts) == [[0, 1, 2], [0]])
    #expect(set.students.map(\.student) == ["1", "2"])
    #expect(set.students.map(\.line) == [1, 5])
    #expect(set.students[0].questions == nil)
    #expect(set.summary == "2 students, 4 answers, 2 skills, 75.0 % right")
  }

  @Test func tablesWithSeveralSkillsAQuestion() throws {
    let table = try Table(
      text: """
        student,question,skill,correct
        ann,q1,add,1
        bob,q1,add,0
        ann,q1,carry,1
        ann,q1,add,1
        ann,q1,carry,0
        ann,q2,add,1.0
        bob,q2,add,0
        """)
    let set = try AnswerSet(table: table)
    #expect(set.students.map(\.student) == ["ann", "bob"])
    #expect(set.skillNames == ["add", "carry"] && set.questionNames == ["q1", "q2"])
    // add and carry of q1 are one answer; add again is another; carry with another result a third.
    #expect(set.students[0].attempts == [0, 0, 1, 2, 3])
    #expect(set.students[0].skills == [0, 1, 0, 1, 0])
    #expect(set.students[0].questions == [0, 0, 0, 0, 1])
    #expect(set.students[0].answerCount == 4 && set.students[0].count == 5)
    #expect(set.students[1].attempts == [0, 1])
    #expect(set.summary == "2 students, 6 answers (7 rows, one for each skill of a question), 2 skills, 57.1 % right")
    let plain = try AnswerSet(table: table, columns: AnswerColumns(question: nil))
    #expect(plain.students[0].attempts == [0, 1, 2, 3, 4] && plain.students[0].questions == nil)
  }

  @Test func answersInWordsAndRowsWithoutASkill() throws {
    let table = try Table(text: "student,skill,correct\na,add,TRUE\na,,1\nb,NA,0\nb,carry,False\na,add,true\n")
    let set = try AnswerSet(table: table, columns: AnswerColumns(question: nil), skipsWithoutSkill: true)
    #expect(set.students.map(\.student) == ["a", "b"] && set.students.map(\.isCorrect) == [[true, true], [false]])
    #expect(set.skillNames == ["add", "carry"])
    #expect(set.omissions.map(\.description) == ["2 rows left out, there is no skill: lines 3, 4"])
    #expect(throws: DataError.self) { try AnswerSet(table: table, columns: AnswerColumns(question: nil)) }
    let none = try Table(text: "student,skill,correct\na,,1\n")
    #expect(throws: DataError.self) { try AnswerSet(table: none, columns: AnswerColumns(question: nil), skipsWithoutSkill: true) }
    let lines = try withFile("2\n51,7\nFalse,true\n") { try AnswerSet(threeLines: $0) }
    #expect(lines.students.map(\.isCorrect) == [[false, true]])
  }

  @Test(arguments: [
    ("", "FILE: there is not one student in this file"),
    (
      "student,skill\n1,2\n",
      "FILE:1: the number of a student's answers is needed here, not \"student,skill\"; each student has three lines: number,"
        + " skills, right (1) or wrong (0)"
    ),
    ("2\n1,2\n", "FILE:2: the file ends before the answers of the student of line 1; it is truncated"),
    ("2\n", "FILE:1: the file ends before the skills of the student of line 1; it is truncated"),
    ("2\n1,2,3\n0,1\n", "FILE:2: 3 skills where line 1 says 2"),
    ("2\n1,2\n0,\n", "FILE:3: 1 answer where line 1 says 2"),
    ("2\n1,2\n0,2\n", "FILE:3: answer 2 is \"2\", which is neither 1 (right) nor 0 (wrong)"),
    ("0\n\n\n", "FILE:1: a student without an answer; leave the three lines out"),
    ("1\n5\n\0\n", "FILE:3:1: a byte 0: this is a binary file, a text file is needed here"),
  ])
  func threeLinesThatAreNone(text: String, expected: String) throws {
    #expect(try message(text) { _ = try AnswerSet(threeLines: $0) } == expected)
  }

  @Test(arguments: [
    ("student,question,skill,correct\na,q,s,yes\n", "FILE:2: column 4 (\"correct\"): \"yes\" is neither 1 (right) nor 0 (wrong)"),
    ("student,question,skill,correct\na,q,,1\n", "FILE:2: column 3 (\"skill\"): there is no skill; leave the row out, or set data.skipWithoutSkill to true"),
    ("student,question,skill,correct\n,q,s,1\n", "FILE:2: column 1 (\"student\"): there is no student; leave the row out"),
    (
      "student,question,skil,correct\na,q,s,1\n",
      "FILE:1: there is no column \"skill\"; did you mean \"skil\"? (there are: student, question, skil, correct)"
    ),
  ])
  func tablesThatAreNone(text: String, expected: String) throws {
    #expect(try message(text) { _ = try AnswerSet(table: Table(contentsOf: $0)) } == expected)
  }

  @Test(.enabled(if: SharedData.has(SharedData.assistments), "ASSISTments 2009 is not beside the checkout"))
  func assistmentsHasTheKnownCounts() throws {
    let train = try AnswerSet(threeLines: SharedData.assistments.appending(path: "builder_train.csv"))
    let test = try AnswerSet(threeLines: SharedData.assistments.appending(path: "builder_test.csv"))
    #expect(train.students.count == 3361 && test.students.count == 856)
    #expect(train.students.reduce(0) { $0 + $1.count } == 407_967)
    #expect(test.students.reduce(0) { $0 + $1.count } == 117_567)
  }
}
