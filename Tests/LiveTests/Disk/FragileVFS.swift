import GRDBSQLite

#if canImport(Glibc)
  import Glibc
#endif

/// Leads SQLite's calls for files named `file:/DISK/…?vfs=fragile` to a ``FragileDisk``. All other files are none of its business.
enum FragileVFS {
  static let name = "fragile"

  /// What SQLite keeps for each file that it has open: its own part first.
  private struct Handle {
    var base: sqlite3_file
    var file: Unmanaged<FragileFile>?
    var disk: Unmanaged<FragileDisk>?
  }

  static func register() { _ = registration }

  /// Once for a process; its memory is SQLite's from then on.
  private static let registration: Int32 = {
    sqlite3_initialize()
    guard let system = sqlite3_vfs_find(nil) else { return SQLITE_ERROR }
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: system.pointee)
    vfs.pointee.zName = UnsafePointer(strdup(name))
    vfs.pointee.pNext = nil
    vfs.pointee.szOsFile = Int32(MemoryLayout<Handle>.size)
    vfs.pointee.xOpen = { _, name, file, flags, outFlags in FragileVFS.open(name, file, flags, outFlags) }
    vfs.pointee.xDelete = { _, name, _ in
      guard let name, let disk = FragileVFS.disk(of: String(cString: name)) else { return SQLITE_ERROR }
      return disk.remove(String(cString: name))
    }
    vfs.pointee.xAccess = { _, name, _, result in
      guard let name, let disk = FragileVFS.disk(of: String(cString: name)) else { return SQLITE_ERROR }
      result?.pointee = disk.file(String(cString: name), makes: false).map { $0.seen.isEmpty ? 0 : 1 } ?? 0
      return SQLITE_OK
    }
    vfs.pointee.xFullPathname = { _, name, size, result in
      guard let name, let result, strlen(name) < Int(size) else { return SQLITE_CANTOPEN }
      strcpy(result, name)
      return SQLITE_OK
    }
    return sqlite3_vfs_register(vfs, 0)
  }()

  private static func disk(of path: String) -> FragileDisk? {
    path.split(separator: "/").first.flatMap { FragileDisk[String($0)] }
  }

  private static func open(
    _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
    _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let file else { return SQLITE_MISUSE }
    file.pointee.pMethods = nil
    // SQLite's own files without a name are nobody's but this connection's, and never outlive it.
    let disk = name.flatMap { FragileVFS.disk(of: String(cString: $0)) }
    let content =
      if let name { disk?.file(String(cString: name), makes: flags & SQLITE_OPEN_CREATE != 0) } else { FragileFile() }
    guard let content else { return SQLITE_CANTOPEN }
    UnsafeMutableRawPointer(file).withMemoryRebound(to: Handle.self, capacity: 1) { handle in
      handle.pointee.file = .passRetained(content)
      handle.pointee.disk = disk.map { .passRetained($0) }
    }
    file.pointee.pMethods = UnsafePointer(methods)
    outFlags?.pointee = flags
    return SQLITE_OK
  }

  /// Written once, and only read from then on.
  nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    methods.initialize(to: sqlite3_io_methods())
    methods.pointee.iVersion = 2
    methods.pointee.xClose = { FragileVFS.close($0) }
    methods.pointee.xRead = { FragileVFS.read($0, $1, $2, $3) }
    methods.pointee.xWrite = { pointer, bytes, count, offset in
      FragileVFS.with(pointer) { file, disk in
        let bytes = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        guard let disk else {
          file.write(bytes, at: Int(offset))
          return SQLITE_OK
        }
        return disk.write(bytes, to: file, at: Int(offset))
      }
    }
    methods.pointee.xTruncate = { pointer, length in
      FragileVFS.with(pointer) { file, disk in
        guard let disk else {
          file.truncate(to: Int(length))
          return SQLITE_OK
        }
        return disk.truncate(file, to: Int(length))
      }
    }
    methods.pointee.xSync = { pointer, _ in FragileVFS.with(pointer) { file, disk in disk?.sync(file) ?? SQLITE_OK } }
    methods.pointee.xFileSize = { pointer, size in
      FragileVFS.with(pointer) { file, _ in
        size?.pointee = sqlite3_int64(file.seen.count)
        return SQLITE_OK
      }
    }
    // One connection at a time: nobody to be kept out.
    methods.pointee.xLock = { _, _ in SQLITE_OK }
    methods.pointee.xUnlock = { _, _ in SQLITE_OK }
    methods.pointee.xCheckReservedLock = { _, result in
      result?.pointee = 0
      return SQLITE_OK
    }
    methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    methods.pointee.xSectorSize = { _ in 4096 }
    // As SQLite's own for Linux has it: a write changes nothing beside it.
    methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
    methods.pointee.xShmMap = { pointer, index, size, makes, region in
      FragileVFS.with(pointer) { file, _ in
        region?.pointee = file.region(Int(index), size: Int(size), makes: makes != 0)
        return SQLITE_OK
      }
    }
    methods.pointee.xShmLock = { pointer, _, _, _ in FragileVFS.with(pointer) { _, _ in SQLITE_OK } }
    methods.pointee.xShmBarrier = { _ in }
    methods.pointee.xShmUnmap = { pointer, isLast in
      FragileVFS.with(pointer) { file, _ in
        if isLast != 0 { file.forgetRegions() }
        return SQLITE_OK
      }
    }
    return methods
  }()

  private static func with(
    _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ body: (FragileFile, FragileDisk?) -> Int32
  ) -> Int32 {
    guard let pointer else { return SQLITE_MISUSE }
    return UnsafeMutableRawPointer(pointer).withMemoryRebound(to: Handle.self, capacity: 1) { handle in
      guard let file = handle.pointee.file?.takeUnretainedValue(), !file.isDead else { return FragileDisk.failed }
      return body(file, handle.pointee.disk?.takeUnretainedValue())
    }
  }

  private static func read(
    _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ into: UnsafeMutableRawPointer?, _ count: Int32,
    _ offset: sqlite3_int64
  ) -> Int32 {
    with(pointer) { file, disk in
      guard let into, disk?.isDown != true else { return FragileDisk.failed }
      let (from, count) = (Int(offset), Int(count))
      let there = max(0, min(count, file.seen.count - from))
      if there > 0 {
        file.seen.withUnsafeBytes { into.copyMemory(from: $0.baseAddress! + from, byteCount: there) }
      }
      guard there < count else { return SQLITE_OK }
      memset(into + there, 0, count - there)
      // SQLITE_IOERR_SHORT_READ, which is a macro that Swift does not see.
      return SQLITE_IOERR | (2 << 8)
    }
  }

  private static func close(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
    guard let pointer else { return SQLITE_MISUSE }
    UnsafeMutableRawPointer(pointer).withMemoryRebound(to: Handle.self, capacity: 1) { handle in
      handle.pointee.file?.release()
      handle.pointee.disk?.release()
    }
    return SQLITE_OK
  }
}
