#!/usr/bin/env python3
"""`kbpress publish` against a real S3 server (moto): what is sent the second time, content types and cache rules, and runs that are killed.

    tests/s3/publish.py KBPRESS
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "docs"
PAGES = 120


def main(kbpress):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "a-secret-that-nobody-prints"}
    region = {"AWS_REGION": "us-east-1", "AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true"}
    environment = {**os.environ, **keys, **region}
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.create_bucket(Bucket=BUCKET)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(kbpress, Path(folder), environment, client)
        only_what_changed_is_sent(site)
        killed_runs_leave_no_dead_end(site)
    server.stop()
    print("publish: all is well")


class Site:
    def __init__(self, kbpress, folder, environment, client):
        self.kbpress, self.folder, self.environment, self.client = kbpress, folder, environment, client
        (folder / "content/p").mkdir(parents=True)
        (folder / "site.toml").write_text('base_url = "https://example.org/kb/"\n')

    def write(self, text, pages=PAGES):
        for page in (self.folder / "content/p").iterdir():
            page.unlink()
        for i in range(pages):
            body = f"# Page {i}\nThe {text} text. [Next]({(i + 1) % pages}.md)\n"
            (self.folder / f"content/p/{i}.md").write_text(body)

    def run(self, *args, code=0):
        done = subprocess.run([self.kbpress, *args], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        assert "a-secret" not in done.stderr + done.stdout
        return done

    def built(self):
        self.run("build", "-q")
        root = self.folder / "public"
        return {str(f.relative_to(root)): f.read_bytes() for f in root.rglob("*") if f.is_file()}

    def bucket(self):
        objects = {}
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="kb/"):
            for found in page.get("Contents", []):
                body = self.client.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read()
                objects[found["Key"].removeprefix("kb/")] = body
        return objects


def only_what_changed_is_sent(site):
    site.write("first")
    first = site.built()
    site.run("publish", f"s3://{BUCKET}/kb")
    assert site.bucket() == first
    page = site.client.head_object(Bucket=BUCKET, Key="kb/p/1/index.html")
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache"), page
    style = next(path for path in first if path.startswith("assets/kbpress.") and path.endswith(".css"))
    asset = site.client.head_object(Bucket=BUCKET, Key=f"kb/{style}")
    assert asset["CacheControl"].endswith("immutable") and asset["ContentType"].startswith("text/css"), asset
    (site.folder / "content/p/7.md").write_text("# Page 7\nAnother text. [Next](8.md)\n")
    second = site.built()
    changed = {path for path in second if first.get(path) != second[path] and not path.startswith(".kbpress")}
    plan = site.run("publish", f"s3://{BUCKET}/kb", "--dry-run").stdout.splitlines()
    assert {line.split("\t")[1] for line in plan if line.startswith("send")} == changed, plan
    said = site.run("publish", f"s3://{BUCKET}/kb").stderr
    assert f"{len(changed)} objects sent" in said, said
    assert site.bucket() == second
    assert site.run("publish", f"s3://{BUCKET}/kb").stderr.startswith("0 objects sent, 0 removed")


def killed_runs_leave_no_dead_end(site):
    for instant in range(20):
        site.write(f"{instant}th", PAGES if instant % 2 else PAGES // 2)
        built = site.built()
        run = subprocess.Popen(
            [site.kbpress, "publish", "-q", f"s3://{BUCKET}/kb"], cwd=site.folder, env=site.environment, stderr=subprocess.DEVNULL
        )
        time.sleep(0.02 + instant * 0.04)
        run.kill()
        run.wait()
        # The server goes on with the requests that it has: wait until it has done them.
        time.sleep(0.5)
        no_dead_end(site.bucket())
        if instant % 3 == 2:
            site.run("publish", f"s3://{BUCKET}/kb")
            assert site.bucket() == built, instant


def no_dead_end(objects):
    """Every page that can be reached from the home page leads only to what is there."""
    todo, seen = ["index.html"], {"index.html"}
    while todo:
        path = todo.pop()
        for target in re.findall(rb'(?:href|src)="/kb/([^"#?]*)', objects[path]):
            file = target.decode()
            file += "index.html" if not file or file.endswith("/") else ""
            assert file in objects, f"{path} leads to {file}, which is not there"
            if file.endswith(".html") and file not in seen:
                seen.add(file)
                todo.append(file)


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
