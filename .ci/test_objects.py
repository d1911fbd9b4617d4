"""See .ci/test-objects. Exit 1 where anything is not as it should be."""
import hashlib, os, random, shutil, socket, subprocess, sys, tempfile, time, urllib.request

import boto3
import botocore.config

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import s3_server

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOL = os.environ.get("LORA_TRAIN", os.path.join(ROOT, ".build", "release", "lora-train"))
BYTES = int(os.environ.get("BYTES", 200_000_000))
SEED = int(os.environ.get("SEED", 1))
MOST = 64 << 20
folder = tempfile.mkdtemp(prefix="lora-objects-")
random.seed(SEED)
failures = 0


def check(what, is_right, more=""):
    global failures
    if not is_right:
        failures += 1
    print(f"{'ok    ' if is_right else 'FAILED'} {what}{f': {more}' if more != '' else ''}", flush=True)


def configuration(name, url, access="AKIAEXAMPLE", secret="a-secret-key"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(f"version: 1\nobjects:\n  s3: {{endpoint: '{url}', access_key: {access}, secret_key: {secret}}}\n")
    os.chmod(path, 0o600)
    return path


def tool(*arguments):
    return subprocess.run([TOOL, *arguments], capture_output=True, text=True)


def made(name, size):
    path = os.path.join(folder, name)
    generator = random.Random(f"{SEED}/{name}")
    with open(path, "wb") as file:
        left = size
        while left > 0:
            file.write(generator.randbytes(min(left, 1 << 20)))
            left -= 1 << 20
    return path


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def high_water(pid):
    """The most memory that a process has had, in bytes. (What wait4 says of a child begins with its parent's.)"""
    try:
        with open(f"/proc/{pid}/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def with_moto():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", f"from moto.server import main; main(['-p', '{port}'])"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url, timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        s3 = boto3.client(
            "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="a-secret-key", config=botocore.config.Config(s3={"addressing_style": "path"}))
        with_boto3(s3, url)
        with_serve(s3, url)
    finally:
        server.terminate()
        server.wait()


def with_boto3(s3, url):
    config = configuration("moto.yaml", url)
    run = tool("artifact", "put", made("early", 10), "job-1/a", "--config", config)
    check("moto: no bucket is a bad configuration", run.returncode == 78, run.stderr.strip())
    for bucket in ("model-artifacts", "training-checkpoints"):
        s3.create_bucket(Bucket=bucket)
    for name, size, key, bucket in (
        ("nothing", 0, "job-1/nothing", "model-artifacts"),
        ("small", 1000, "job-1/adapters/a b+é&c.zip", "model-artifacts"),
        ("whole", 16 << 20, "job-1/checkpoints/p/checkpoint-step-000100.pt", "training-checkpoints"),
        ("large", 40_000_001, "job-2/adapters.zip", "model-artifacts"),
    ):
        path = made(name, size)
        run = tool("artifact", "put", path, key, "--config", config, "--json")
        there = s3.get_object(Bucket=bucket, Key=key) if run.returncode == 0 else None
        check(f"moto: {name}, {size} bytes, as boto3 reads it",
              there is not None and there["Body"].read() == open(path, "rb").read()
              and there["Metadata"]["sha256"] == sha256(path), run.stderr.strip())
    # What boto3 began, and in which one part is ours and one is not, is gone on with.
    path, key = made("resumed", 40_000_001), "job-3/adapters.zip"
    data = open(path, "rb").read()
    upload = s3.create_multipart_upload(Bucket="model-artifacts", Key=key, Metadata={"sha256": sha256(path)})["UploadId"]
    for number, body in ((1, data[:16 << 20]), (2, bytes(16 << 20))):
        s3.upload_part(Bucket="model-artifacts", Key=key, UploadId=upload, PartNumber=number, Body=body)
    run = tool("artifact", "put", path, key, "--config", config)
    check("moto: an upload of boto3's is gone on with",
          run.returncode == 0 and s3.get_object(Bucket="model-artifacts", Key=key)["Body"].read() == data
          and not s3.list_multipart_uploads(Bucket="model-artifacts").get("Uploads"), run.stderr.strip())
    # One with other metadata is found out when it is whole, and done again.
    key = "job-4/adapters.zip"
    s3.create_multipart_upload(Bucket="model-artifacts", Key=key, Metadata={"sha256": "0" * 64})
    run = tool("artifact", "put", path, key, "--config", config)
    there = s3.get_object(Bucket="model-artifacts", Key=key) if run.returncode == 0 else None
    check("moto: an upload that was begun for other bytes is begun anew",
          there is not None and there["Body"].read() == data and there["Metadata"]["sha256"] == sha256(path),
          run.stderr.strip())


def with_serve(s3, url):
    """What a job on local pods left goes to S3, and from there to people; only the objects are made up, for the stand-in trains nothing."""
    store = os.path.join(folder, "s3.store")
    downloads = os.path.join(store + ".objects", "job-1", "downloads")
    os.makedirs(downloads)
    data = open(made("adapters", 20_000_000), "rb").read()
    with open(os.path.join(downloads, "first-adapters-job-1.zip"), "wb") as file:
        file.write(data)
    server = subprocess.Popen(
        [TOOL, "serve", "--store", store, "--port", "0", "--time-scale", "3600", "--config", configuration("s.yaml", url)],
        stderr=open(os.path.join(folder, "diary"), "w"))
    try:
        for _ in range(600):
            if os.path.exists(store + ".address"):
                break
            time.sleep(0.1)
        run = tool("job", "create", "--store", store, "--name", "first", "--pairs", "60", "--tokens-per-pair", "3400", "--yes")
        check("serve with S3: a job", run.returncode == 0, run.stderr.strip())
        check("serve with S3: it completes", tool("job", "wait", "job-1", "--store", store).returncode == 0)
        for _ in range(300):
            listed = tool("artifact", "list", "--store", store, "--json")
            if '"adapters"' in listed.stdout:
                break
            time.sleep(0.1)
        key = "job-1/downloads/first-adapters-job-1.zip"
        there = s3.get_object(Bucket="model-artifacts", Key=key)["Body"].read() if '"adapters"' in listed.stdout else b""
        check("serve with S3: what it left is in the bucket, as boto3 reads it", there == data, listed.stdout + listed.stderr if there != data else "")
        target = os.path.join(folder, "downloaded.zip")
        run = tool("artifact", "download", "job-1", "adapters", "--store", store, "--file", target)
        check("serve with S3: a download is led to the bucket", run.returncode == 0 and open(target, "rb").read() == data,
              run.stderr.strip())
        check("serve with S3: the story's words", "Adapters downloaded. See README.txt for integration instructions." in run.stdout)
        run = tool("artifact", "link", "job-1", "adapters", "--store", store)
        link = run.stdout.split("\n")[0]
        with urllib.request.urlopen(link) as answer:
            named = answer.headers.get("Content-Disposition", "")
            check("serve with S3: a link needs no token", answer.read() == data, named)
        check("serve with S3: a link is the bucket's own", link.startswith(url) and "X-Amz-Expires=86400" in link)
        run = tool("artifact", "storage", "--store", store)
        check("serve with S3: storage", "Number of stored models: 1" in run.stdout, run.stdout.splitlines()[:1])
        run = tool("artifact", "delete", "job-1", "--store", store, "--yes", "--justification", "a test")
        gone = s3.list_objects_v2(Bucket="model-artifacts", Prefix=key)["KeyCount"] == 0
        check("serve with S3: deleted is gone", run.returncode == 0 and gone, run.stderr.strip())
        said = open(os.path.join(folder, "diary")).read() + run.stdout + link.split("X-Amz-Signature")[0]
        check("serve with S3: no secret is said", "a-secret-key" not in said)
    finally:
        server.terminate()
        check("serve with S3: ends", server.wait(timeout=60) == 0, open(os.path.join(folder, "diary")).read()[-500:] if server.returncode else "")


def with_breaks():
    server = s3_server.Server(tempfile.mkdtemp(dir=folder))
    config = configuration("own.yaml", server.url)
    run = tool("artifact", "put", made("w", 10), "job-1/a", "--config", configuration("w.yaml", server.url, secret="wrong"))
    check("signatures are checked: a wrong key is 78",
          run.returncode == 78 and ("HEAD", "/model-artifacts/job-1/a", "SignatureDoesNotMatch") in server.refused,
          run.stderr.strip().splitlines()[:1])
    check("no secret in what is said", "a-secret-key" not in run.stderr and "wrong" not in run.stderr.replace("answered", ""))
    path = made("checkpoint", BYTES)
    digest = sha256(path)
    key = "job-1/checkpoints/pod/checkpoint-step-000100.pt"
    parts = -(-BYTES // (16 << 20))
    # Broken twice by the network, and killed three times.
    for number in sorted(random.sample(range(2, parts + 1), 2)):
        server.breaks[number] = 3_000_000
    kills = sorted(random.sample(range(1, parts), 3))
    began, peak, interrupted, runs = time.monotonic(), 0, 0, 0
    breaks = len(server.breaks)
    while True:
        runs += 1
        client = subprocess.Popen(
            [TOOL, "artifact", "put", path, key, "--config", config, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        killed = False
        while client.poll() is None and not killed:
            peak = max(peak, high_water(client.pid))
            if kills and len({n for n, _ in server.arrived}) >= kills[0]:
                client.kill()
                kills.pop(0)
                killed = True
            time.sleep(0.002)
        error = client.communicate()[1].decode()
        if not killed:
            break
        interrupted += 1
    seconds = time.monotonic() - began
    interrupted += breaks - len(server.breaks)
    there = server.objects.get(("training-checkpoints", key))
    check(f"{BYTES:,} bytes, interrupted {interrupted} times: whole",
          client.returncode == 0 and there is not None and sha256(there["path"]) == digest == there["sha256"], error.strip())
    sent = sum(size for _, size in server.arrived)
    check("interrupted five times", interrupted == 5, interrupted)
    check("what had arrived was not sent again", sent <= BYTES + 5 * (16 << 20), f"{sent:,} bytes arrived in whole parts")
    check(f"peak memory at most {MOST >> 20} MiB", 0 < peak <= MOST, f"{peak / 2**20:.1f} MiB")
    print(f"objects: {BYTES:,} bytes in {seconds:.1f} s, {runs} processes, {interrupted} interruptions, peak {peak / 2**20:.1f} MiB, "
          f"{sent:,} bytes in whole parts (seed {SEED})")
    server.shutdown()


print(f"SEED={SEED} BYTES={BYTES}")
with_moto()
with_breaks()
shutil.rmtree(folder)
sys.exit(1 if failures else 0)
