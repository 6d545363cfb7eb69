import RecurrentData
import RecurrentLayers
import RecurrentTensors
import RecurrentTraining

/// A painter as it stands in a file.
public typealias TrainedPainter = Trained<Painting>

extension Painting {
  public static func inspection(of trained: TrainedPainter) -> ModelInspection {
    let (model, shape) = (trained.settings.model, trained.artifacts.shape)
    let looking =
      model.attention
      ? "reads \(model.readSize) × \(model.readSize), paints \(model.writeSize) × \(model.writeSize)" : "reads and paints the whole picture"
    return ModelInspection(
      network: "\(model.cell.rawValue), encoder and decoder of \(Figures.grouped(model.hidden)) units, \(Figures.counted(model.glimpses, "glimpse")), \(looking)",
      lines: [
        ("pictures", "\(shape.height) × \(shape.width), \(shape.channels == 1 ? "grey" : "red, green and blue")"),
        ("strokes", "\(Figures.grouped(model.latent)) numbers each"),
      ],
      members: [("height", .integer(shape.height)), ("width", .integer(shape.width)), ("channels", .integer(shape.channels))])
  }
}
