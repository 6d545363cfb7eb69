public import Foundation

/// What a run that is being prepared, or a model that is being measured, may keep, and whom it tells how far it is.
public struct Preparation: Sendable {
  /// A folder for what is made of data once and can be made again, such as features of pictures; nil: nothing is kept.
  public var folder: URL?
  /// Told of work that takes long: what is done, and how many of how many.
  public var progress: @Sendable (_ work: String, _ done: Int, _ total: Int) -> Void

  /// A preparation that keeps nothing and tells nobody, unless it is said otherwise.
  public init(folder: URL? = nil, progress: @escaping @Sendable (_ work: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }) {
    (self.folder, self.progress) = (folder, progress)
  }
}
