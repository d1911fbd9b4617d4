"""A small S3 whose objects are files: it checks every signature with botocore's, every body against its signed digest, and breaks connections.

For what moto does not do: it takes any signature, and holds objects in memory. Needs botocore.
"""
import hashlib, http.server, json, os, re, secrets, shutil, socket, threading, time, urllib.parse
from email.utils import parsedate
from xml.sax.saxutils import escape

import botocore.auth
import botocore.awsrequest
import botocore.credentials

ACCESS, SECRET, REGION = "AKIAEXAMPLE", "a-secret-key", "us-east-1"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder, buckets=("model-artifacts", "training-checkpoints")):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.buckets = folder, set(buckets)
        self.lock = threading.Lock()
        self.uploads = {}
        self.objects = {}
        self.refused = []
        # (part number, bytes) of what arrived whole, and after how many bytes of which part a connection breaks, once.
        self.arrived = []
        self.breaks = {}
        self.slow = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def path(self, *names):
        return os.path.join(self.folder, *(urllib.parse.quote(n, safe="") for n in names))


class Refused(Exception):
    def __init__(self, status, code, message=""):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, socket.timeout):
            self.close_connection = True

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        bucket, _, key = urllib.parse.unquote(url.path).lstrip("/").partition("/")
        self.bucket, self.key = bucket, key
        self.left = int(self.headers.get("Content-Length") or 0)
        try:
            self.check_signature()
            if bucket not in self.server.buckets:
                raise Refused(404, "NoSuchBucket")
            self.serve()
        except Refused as refused:
            self.server.refused.append((self.command, self.path, refused.code))
            while self.left > 0 and self.piece():
                pass
            body = f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>".encode()
            self.answer(refused.status, body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do

    # Signatures

    def check_signature(self):
        credentials = botocore.credentials.Credentials(ACCESS, SECRET)
        given = re.match(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/[^,]*, ?SignedHeaders=([^,]+), ?Signature=(\w+)$",
            self.headers.get("Authorization", ""))
        url, query = f"{self.server.url}{self.path}", self.query
        if given:
            access, names, signature = given.groups()
            auth, stamp = botocore.auth.S3SigV4Auth(credentials, "s3", REGION), self.headers["x-amz-date"]
            age = 900
        elif "X-Amz-Signature" in query:
            access, names = query["X-Amz-Credential"].split("/")[0], query["X-Amz-SignedHeaders"]
            signature, stamp, age = query["X-Amz-Signature"], query["X-Amz-Date"], int(query["X-Amz-Expires"])
            auth = botocore.auth.S3SigV4QueryAuth(credentials, "s3", REGION)
            url = re.sub(r"&?X-Amz-Signature=\w+", "", url)
        else:
            raise Refused(403, "AccessDenied", "nothing is signed")
        if access != ACCESS:
            raise Refused(403, "InvalidAccessKeyId")
        request = botocore.awsrequest.AWSRequest(self.command, url)
        for name in names.split(";"):
            request.headers[name] = self.headers[name]
        request.context["timestamp"] = stamp
        expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        if expected != signature:
            raise Refused(403, "SignatureDoesNotMatch")
        moment = time.mktime(time.strptime(stamp, "%Y%m%dT%H%M%SZ")) - time.timezone
        if not -900 < time.time() - moment < age:
            raise Refused(403, "AccessDenied", "Request has expired")

    # Bodies

    def piece(self):
        data = self.rfile.read(min(self.left, 1 << 16))
        if not data and self.left:
            raise ConnectionError
        self.left -= len(data)
        return data

    def body(self, path=None, number=None):
        """Reads what comes, into a file where there is a path; returns its bytes or length, and its MD5."""
        sha, md5, count, kept = hashlib.sha256(), hashlib.md5(), 0, []
        file = open(path, "wb") if path else None
        try:
            while self.left > 0:
                data = self.piece()
                sha.update(data)
                md5.update(data)
                count += len(data)
                file.write(data) if file else kept.append(data)
                if number is not None and count >= self.server.breaks.get(number, 1 << 62):
                    del self.server.breaks[number]
                    self.connection.shutdown(socket.SHUT_RDWR)
                    raise ConnectionError
                if self.server.slow:
                    time.sleep(self.server.slow)
        finally:
            if file:
                file.close()
        promised = self.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        if promised != "UNSIGNED-PAYLOAD" and promised != sha.hexdigest():
            raise Refused(400, "XAmzContentSHA256Mismatch")
        return count if file else b"".join(kept), md5.hexdigest()

    # What S3 does

    def serve(self):
        server, query, key = self.server, self.query, (self.bucket, self.key)
        if self.command == "POST" and "uploads" in query:
            self.body()
            upload = secrets.token_hex(8)
            server.uploads[upload] = {"key": key, "sha256": self.headers.get("x-amz-meta-sha256"), "parts": {},
                                      "begun": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())}
            return self.answer(200, f"<R><UploadId>{upload}</UploadId></R>".encode())
        if "uploadId" in query:
            upload = server.uploads.get(query["uploadId"])
            if upload is None or upload["key"] != key:
                raise Refused(404, "NoSuchUpload")
            return {"PUT": self.put_part, "GET": self.list_parts, "POST": self.complete}[self.command](upload)
        if self.command == "GET" and "uploads" in query:
            found = "".join(
                f"<Upload><Key>{escape(u['key'][1])}</Key><UploadId>{i}</UploadId><Initiated>{u['begun']}</Initiated></Upload>"
                for i, u in server.uploads.items() if u["key"][0] == self.bucket and u["key"][1].startswith(query["prefix"]))
            return self.answer(200, f"<R>{found}<IsTruncated>false</IsTruncated></R>".encode())
        if self.command == "GET" and not self.key:
            found = "".join(
                f"<Contents><Key>{escape(urllib.parse.quote(k))}</Key><Size>{o['bytes']}</Size></Contents>"
                for (b, k), o in sorted(server.objects.items()) if b == self.bucket and k.startswith(query["prefix"]))
            return self.answer(200, f"<R>{found}<IsTruncated>false</IsTruncated></R>".encode())
        if self.command == "DELETE":
            server.objects.pop(key, None)
            return self.answer(204)
        return self.get(key)

    def put_part(self, upload):
        number = int(self.query["partNumber"])
        path = self.server.path(self.query["uploadId"] + f".{number}.{secrets.token_hex(4)}")
        size, md5 = self.body(path, number)
        upload["parts"][number] = {"path": path, "bytes": size, "tag": md5}
        self.server.arrived.append((number, size))
        self.answer(200, ETag=f'"{md5}"')

    def list_parts(self, upload):
        after = int(self.query.get("part-number-marker", 0))
        # Two at once: whoever asks has to turn the page.
        rest = [n for n in sorted(upload["parts"]) if n > after]
        found = "".join(
            f"<Part><PartNumber>{n}</PartNumber><ETag>&quot;{upload['parts'][n]['tag']}&quot;</ETag>"
            f"<Size>{upload['parts'][n]['bytes']}</Size></Part>" for n in rest[:50])
        more = len(rest) > 50
        self.answer(200, (f"<R>{found}<IsTruncated>{str(more).lower()}</IsTruncated>"
                          + (f"<NextPartNumberMarker>{rest[49]}</NextPartNumberMarker>" if more else "") + "</R>").encode())

    def complete(self, upload):
        body, _ = self.body()
        wanted = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>\"?(\w+)\"?</ETag>", body.decode())
        digests = b""
        path = self.server.path(self.query["uploadId"])
        with open(path, "wb") as whole:
            for number, tag in wanted:
                part = upload["parts"].get(int(number))
                if part is None or part["tag"] != tag:
                    raise Refused(400, "InvalidPart")
                digests += bytes.fromhex(tag)
                with open(part["path"], "rb") as file:
                    shutil.copyfileobj(file, whole, 1 << 20)
                os.remove(part["path"])
        tag = f"{hashlib.md5(digests).hexdigest()}-{len(wanted)}"
        self.server.objects[upload["key"]] = {
            "path": path, "bytes": os.path.getsize(path), "tag": tag, "sha256": upload["sha256"]}
        del self.server.uploads[self.query["uploadId"]]
        self.answer(200, f"<R><ETag>\"{tag}\"</ETag></R>".encode())

    def get(self, key):
        found = self.server.objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey")
        first, last, status = 0, found["bytes"] - 1, 200
        asked = re.match(r"bytes=(\d+)-(\d+)?$", self.headers.get("Range", ""))
        if asked:
            first, last, status = int(asked[1]), int(asked[2] or last), 206
        headers = {"ETag": f'"{found["tag"]}"', "x_amz_meta_sha256": found["sha256"] or "",
                   "Content_Length": str(last - first + 1)}
        if "response-content-disposition" in self.query:
            headers["Content_Disposition"] = self.query["response-content-disposition"]
        if self.command == "HEAD":
            return self.answer(200, **headers)
        self.answer(status, **headers)
        with open(found["path"], "rb") as file:
            file.seek(first)
            left = last - first + 1
            while left > 0:
                data = file.read(min(left, 1 << 16))
                self.wfile.write(data)
                left -= len(data)
