import Foundation

extension TrainingFile {
  /// Reads the training file at `path`, JSON or JSONL as its content says, in one pass that holds no tree of it.
  ///
  /// Defects of single pairs are collected (``defects``); what is not JSON at all, or not a training file, is thrown.
  ///
  /// - Throws: ``InputError`` with line and column; `badData` above ``largestSize``.
  /// - Complexity: O(bytes), about 0.1 s for 10 MB; memory for one number a pair beside the file's mapped pages.
  public static func read(path: String) throws(InputError) -> TrainingFile {
    let data = try mapped(path)
    let result = data.withUnsafeBytes { bytes -> Result<TrainingFile, InputError> in
      Result { () throws(InputError) in try read(bytes, path: path) }
    }
    return try result.get()
  }

  /// The file's pages, which the system may drop again: a large file does not fill the memory.
  private static func mapped(_ path: String) throws(InputError) -> Data {
    var status = stat()
    // A pipe has no pages to map, and can be opened once.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try TextFile.bytes(path: path, limit: largestSize)
    }
    // For its checks: existence, kind, permission.
    _ = try TextFile.bytes(path: path, limit: .max, upTo: 0)
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
      guard data.count <= largestSize else {
        throw InputError(
          .badData, file: path,
          "the training file has \(data.count / 1_000_000) MB; \(largestSize / 1_000_000) MB are the most that is read",
          hint: "split it by conversation, and estimate the parts")
      }
      return data
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(.noInput, file: path, "cannot be read: \(error.localizedDescription)")
    }
  }

  static func read(_ bytes: UnsafeRawBufferPointer, path: String) throws(InputError) -> TrainingFile {
    let whole = JSONScanner(bytes)
    do throws(JSONScanner.Fault) {
      var parser = TrainingFileParser(path: path, format: try format(of: bytes))
      switch parser.file.format {
      case .json: try parser.parseJSON(whole)
      case .jsonl: try parser.parseLines(whole)
      }
      return parser.finished(whole)
    } catch {
      let place = whole.places(of: [error.offset])[0]
      throw InputError(
        .badData, file: path, line: place.line, column: place.column,
        error.isMalformed ? "malformed JSON: \(error.problem)" : error.problem,
        hint: error.isMalformed
          ? "correct this place, or regenerate the training file"
          : "a training file has the shape of brightrun-lora-v4: training_file_metadata and conversations, or one pair a line"
      )
    }
  }

  /// JSONL is a value that ends before the text does, or a single line with a pair's keys.
  private static func format(of bytes: UnsafeRawBufferPointer) throws(JSONScanner.Fault) -> Format {
    var scanner = JSONScanner(bytes)
    scanner.skipBlanks()
    if scanner.at == scanner.end {
      throw JSONScanner.Fault(offset: scanner.at, problem: "the training file is empty", isMalformed: false)
    }
    var keys: Set<String> = []
    do throws(JSONScanner.Fault) {
      guard try scanner.kind() == .object else { return .json }
      try scanner.object { scanner, key, _ throws(JSONScanner.Fault) in
        keys.insert(key)
        try scanner.skip()
      }
    } catch {
      return keys.isDisjoint(with: ["conversations", "training_file_metadata"]) && keys.contains("target_response")
        ? .jsonl : .json
    }
    if !keys.isDisjoint(with: ["conversations", "training_file_metadata"]) { return .json }
    scanner.skipBlanks()
    return scanner.at < scanner.end || !keys.isDisjoint(with: ["_meta", "target_response"]) ? .jsonl : .json
  }
}
