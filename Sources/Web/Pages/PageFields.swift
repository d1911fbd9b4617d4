import Mustache

/// A value as a template reads it: its fields by their names, looked at once. The library itself reflects on the whole value for each name, which
/// was most of the time that a page of a hundred rows took.
struct PageFields: MustacheParent, CustomStringConvertible {
  private let value: Any
  private var fields: [String: Any] = [:]

  private init(_ value: Any, _ mirror: Mirror) {
    self.value = value
    fields.reserveCapacity(mirror.children.count)
    for (name, field) in mirror.children { if let name { fields[name] = field } }
  }

  func child(named name: String) -> Any? { fields[name].flatMap(PageFields.read) }

  var description: String { String(describing: value) }

  /// The same for a template, whatever it is; nil: there is nothing.
  static func read(_ value: Any) -> Any? {
    switch value {
    case is String, is Bool, is Int, is Double, is [String]: return value
    case is any MustacheParent, is any MustacheCustomRenderable: return value
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.flatMap { read($0.value) }
    case .collection: return mirror.children.compactMap { read($0.value) }
    case .struct, .tuple: return PageFields(value, mirror)
    default: return value
    }
  }
}
