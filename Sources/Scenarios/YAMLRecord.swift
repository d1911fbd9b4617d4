import Yams

/// A YAML mapping whose keys are all known: an unknown or doubled one is an error with its place and the nearest known key.
package struct YAMLRecord {
  package let field: YAMLField
  private let values: [String: YAMLField]
  /// The keys in the order of the file.
  package let keys: [String]

  package init(_ field: YAMLField, keys known: [String]) throws(InputError) {
    guard let mapping = field.node.mapping else {
      throw field.wrongType("a mapping with the keys \(known.joined(separator: ", "))")
    }
    self.field = field
    var (values, keys) = ([String: YAMLField](), [String]())
    for (key, value) in mapping {
      let place = field.path.isEmpty ? "" : "\(field.path)."
      guard let name = key.scalar?.string else {
        throw YAMLField.error("a key must be a word", at: key.mark ?? field.node.mark, file: field.file)
      }
      guard known.contains(name) else {
        let hint =
          NearestName.of(name, in: known).map { "did you mean \($0)?" }
          ?? "known here: \(known.joined(separator: ", "))"
        throw YAMLField.error("unknown key \(place)\(name)", at: key.mark, file: field.file, hint: hint)
      }
      guard values.updateValue(YAMLField(node: value, file: field.file, path: place + name), forKey: name) == nil else {
        throw YAMLField.error("the key \(place)\(name) is there twice", at: key.mark, file: field.file)
      }
      keys.append(name)
    }
    (self.values, self.keys) = (values, keys)
  }

  package subscript(key: String) -> YAMLField? { values[key] }

  package func require(_ key: String, hint: String? = nil) throws(InputError) -> YAMLField {
    guard let value = values[key] else {
      let place = field.path.isEmpty ? "the file" : field.path
      throw field.error("\(place) lacks \(key)", hint: hint)
    }
    return value
  }

  /// The only key there is, where exactly one of several must be chosen.
  package func onlyKey() throws(InputError) -> (name: String, value: YAMLField) {
    guard keys.count == 1, let value = values[keys[0]] else {
      throw field.error(
        keys.isEmpty
          ? "\(field.path) is empty" : "\(field.path) has \(keys.joined(separator: " and ")), of which only one may be")
    }
    return (keys[0], value)
  }
}
