import RecurrentTasks
public import RecurrentTraining

/// The parameters of `recurrent lab educations`.
public struct EducationParameters: Configuration {
  @Setting(
    "Pictures with captions, as `recurrent train` reads them (--data). Absent: the shapes that the package draws, of which one network sees those of warm"
      + " colours and the other those of cold ones.")
  public var data: String?
  @Setting("The recipe of both networks. Absent: flickr8k with data, shapes without.") public var recipe: String?
  @Setting(
    "What the first network learns from: the captions with one of these words, or with a value in a column, such as author=anna. Absent: those about dogs.")
  public var first: String?
  @Setting("What the second network learns from, likewise. Absent: those about children.") public var second: String?
  @Setting(1...1000, "Epochs of each.") public var epochs = 20
  @Setting(1...1000, "Blots of ink that both are shown.") public var blots = 50

  public init() {}

  /// The recipe's name.
  var recipeName: String { recipe ?? (data == nil ? Shapes.name : "flickr8k") }

  /// The two educations, as changes of the recipe's section data.
  var educations: [(name: String, assignment: String)] {
    let usual = data == nil ? ["red orange yellow", "blue green purple"] : ["dog dogs puppy", "boy boys girl girls child children"]
    return zip([first, second], usual).map { given, usual in
      let words = given ?? usual
      return (words, words.contains("=") ? "data.where=\(words)" : "data.about=\(words)")
    }
  }
}
