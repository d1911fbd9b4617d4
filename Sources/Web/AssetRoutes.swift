import HTTPTypes
import Hummingbird
import NIOCore

/// Style sheet and scripts: for everybody, and for ever, as their names hold their content's digest.
struct AssetRoutes {
  func add(to router: Router<LiveContext>) {
    router.get("assets/:name") { request, context in
      guard let asset = context.parameters.get("name").flatMap(PageAssets.file) else {
        throw Problem(.notFound, "there is no such file")
      }
      var headers: HTTPFields = [
        .contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable", .vary: "Accept-Encoding",
      ]
      let takesGzip = request.headers[.acceptEncoding]?.contains("gzip") == true
      if takesGzip, asset.gzipped != nil { headers[.contentEncoding] = "gzip" }
      let body = takesGzip ? asset.gzipped ?? asset.body : asset.body
      return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
  }
}
