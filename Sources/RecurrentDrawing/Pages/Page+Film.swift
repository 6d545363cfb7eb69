import Foundation

extension Page {
  /// Pictures that follow each other, under a slider; they play by themselves until a reader takes it.
  ///
  /// A few lines of script move them, which a page with films has once; without scripts the last picture is seen.
  ///
  /// ```swift
  /// import RecurrentDrawing
  ///
  /// func block(frames: [[UInt8]]) -> Page.Block {
  ///   .film(Page.Film(frames: frames, labels: frames.indices.map { "stroke \($0 + 1)" }))
  /// }
  /// ```
  public struct Film: Sendable {
    /// The pictures, as PNGs of one size.
    public var frames: [[UInt8]]
    /// What stands beside the slider for each.
    public var labels: [String]
    /// How long each is shown, in seconds; the last one ten times as long.
    public var seconds: Double
    /// The width on the page in pixels; nil: that of the pictures.
    public var width: Int?

    /// Pictures that follow each other.
    public init(frames: [[UInt8]], labels: [String], seconds: Double = 0.1, width: Int? = nil) {
      (self.frames, self.labels, self.seconds, self.width) = (frames, labels, seconds, width)
    }

    /// The pictures and the slider; `caption` is an element.
    func html(caption: String) -> String {
      let size = width.map { " style=\"width:\($0)px\"" } ?? ""
      let pictures = frames.enumerated().map { index, frame in
        "<img alt=\"\"\(index == frames.count - 1 ? "" : " hidden=\"hidden\"")\(size) src=\"\(Panels.address(frame))\" title=\"\((index < labels.count ? labels[index] : "").escaped)\"/>"
      }
      let last = max(0, frames.count - 1)
      return """
        <figure class="film" data-seconds="\(String(format: "%.3f", seconds))">
        \(pictures.joined(separator: "\n"))
        <div><button type="button">play</button><input type="range" min="0" max="\(last)" value="\(last)"/><output>\((labels.last ?? "").escaped)</output></div>
        \(caption)</figure>

        """
    }

    /// Shows the picture that the slider is at, and moves it. It has no sign that XML would have to escape.
    static let script = """
      document.querySelectorAll(".film").forEach(film => {
        const frames = [...film.querySelectorAll("img")], slider = film.querySelector("input");
        const button = film.querySelector("button"), label = film.querySelector("output");
        const seconds = Number(film.dataset.seconds);
        let timer = 0;
        const show = () => {
          const at = Number(slider.value);
          frames.forEach((frame, index) => { frame.hidden = index !== at; });
          label.textContent = frames[at].title;
        };
        const stop = () => { clearTimeout(timer); timer = 0; button.textContent = "play"; };
        const step = () => {
          const at = Number(slider.value);
          slider.value = at === frames.length - 1 ? 0 : at + 1;
          show();
          timer = setTimeout(step, 1000 * seconds * (Number(slider.value) === frames.length - 1 ? 10 : 1));
        };
        button.addEventListener("click", () => {
          if (timer) { stop(); } else { button.textContent = "pause"; step(); }
        });
        slider.addEventListener("input", () => { stop(); show(); });
        if (frames.length > 1) { button.textContent = "pause"; step(); }
      });

      """
  }
}
