import Foundation

extension Page {
  /// Sound with a picture of it: a player, the place of which is a line over the picture, and which goes where a reader clicks.
  ///
  /// The place moves by a few lines of script, which a page with sound has once; without scripts the sound can be heard all the same.
  ///
  /// ```swift
  /// import RecurrentDrawing
  ///
  /// func block(wav: [UInt8], loudness: [Point]) -> Page.Block {
  ///   .sound(Page.Sound(wav: wav, range: 0...3, figure: Figure(parts: [Plot(x: Axis("seconds", range: 0...3), marks: [.line(loudness)])])))
  /// }
  /// ```
  public struct Sound: Sendable {
    /// The sound, as a WAV file.
    public var wav: [UInt8]
    /// The seconds of the sound at the beginning and at the end of the axis that the parts of the picture have.
    public var range: ClosedRange<Double>
    /// The picture. The first of its columns counts.
    public var figure: Figure

    /// Sound with a picture of it.
    public init(wav: [UInt8], range: ClosedRange<Double>, figure: Figure) { (self.wav, self.range, self.figure) = (wav, range, figure) }

    /// The player and the picture; `caption` is an element.
    func html(_ prefix: String, caption: String, _ styles: inout StyleSheet) -> String {
      let drawn = figure.inline(prefix: prefix, hasCursor: true)
      styles.formUnion(drawn.styles)
      let column = figure.firstColumn
      let axis = [column.left, column.width, range.lowerBound, range.upperBound].map(Numerals.scale).joined(separator: " ")
      let player = "<audio controls=\"controls\" preload=\"auto\" src=\"data:audio/wav;base64,\(Data(wav).base64EncodedString())\"></audio>"
      return "<figure class=\"sound\" data-axis=\"\(axis)\">\n\(player)\n\(drawn.svg)\(caption)</figure>\n"
    }

    /// Moves the lines with the players, and the players to where a reader clicks. It has no sign that XML would have to escape.
    static let script = """
      document.querySelectorAll(".sound").forEach(view => {
        const player = view.querySelector("audio"), picture = view.querySelector("svg"), cursor = view.querySelector(".cursor");
        const [left, width, start, end] = view.dataset.axis.split(" ").map(Number);
        const within = share => Math.min(Math.max(share, 0), 1);
        const scale = () => picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
        let frame = 0;
        const follow = () => {
          cancelAnimationFrame(frame);
          const x = left + width * within((player.currentTime - start) / (end - start));
          cursor.setAttribute("transform", `translate(${x} 0)`);
          if (player.paused) return;
          const seen = x * scale() - view.scrollLeft;
          if (0 > seen || seen > view.clientWidth) view.scrollLeft += seen - view.clientWidth / 10;
          frame = requestAnimationFrame(follow);
        };
        picture.addEventListener("click", event => {
          const x = (event.clientX - picture.getBoundingClientRect().left) / scale();
          player.currentTime = start + within((x - left) / width) * (end - start);
          follow();
        });
        ["play", "pause", "seeked"].forEach(name => player.addEventListener(name, follow));
      });

      """
  }
}
