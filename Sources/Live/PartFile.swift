import Foundation

/// A file that is being received, under a name that nobody takes for a whole one. A process that is killed leaves it behind.
public enum PartFile {
  private static let mark = ".part-"
  /// After so many seconds nobody goes on with it.
  public static let holds = 7 * 86_400.0

  /// A name that nothing else has.
  public static var name: String { mark + SecretFile.random(8).hex }

  /// Removes what was left behind in a folder.
  public static func forget(in folder: String) {
    forget(in: folder) { $0.hasPrefix(mark) }
  }

  /// Removes what nobody has changed for ``holds``, of all whose name will do.
  public static func forget(in folder: String, where isMeant: (String) -> Bool) {
    let (manager, oldest) = (FileManager.default, Date(timeIntervalSinceNow: -holds))
    for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] where isMeant(name) {
      let path = folder + "/" + name
      let changed = (try? manager.attributesOfItem(atPath: path))?[.modificationDate] as? Date
      if let changed, changed < oldest { try? manager.removeItem(atPath: path) }
    }
  }
}
