import SystemEditline

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the C library knows of the characters of a terminal.
enum TerminalCharacters {
  /// Sees to it that the C library, and libedit on top of it, take bytes for UTF-8, as all of this command does, also where `LANG` says nothing or C.
  static func areUTF8() { _ = isSet }

  private static let isSet = (["", "C.UTF-8", "en_US.UTF-8"] as [String]).contains { locale in
    setlocale(LC_CTYPE, locale) != nil && nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } == "UTF-8"
  }

  /// The columns of a character: 2 for those of East Asia and for pictures, 0 for marks that stand alone.
  static func columns(of character: Character) -> Int {
    areUTF8()
    let scalars = character.unicodeScalars
    // A sign that is asked to be a picture is as wide as one.
    if scalars.contains("\u{FE0F}") { return 2 }
    return scalars.reduce(0) { max($0, Int(wcwidth(wchar_t(bitPattern: $1.value)))) }
  }
}
