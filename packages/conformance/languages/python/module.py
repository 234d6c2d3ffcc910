"""A module in Python, with nothing but the standard library: it makes one ConfigMap that is empty by night."""

import json
import os
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.monotonic()
SUCCESS = {"install": 201, "uninstall": 204, "sleep": 200, "resume": 200}
ONE_AT_A_TIME = threading.Lock()


class Refusal(Exception):
    """What is answered 400."""


def mounted(name):
    path = os.path.join(os.environ.get("FORKSPACER_DIR", "/forkspacer"), name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError as error:
        raise Refusal(f"expected {name} to be mounted, found none") from error


def cluster(method, path, body=None):
    kubeconfig = mounted("workspace_kubeconfig")
    server = re.search(r"server: (\S+)", kubeconfig).group(1)
    token = re.search(r"token: (\S+)", kubeconfig).group(1)
    kind = "merge-patch+json" if method == "PATCH" else "json"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": f"application/{kind}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def expect(answer, *allowed):
    status, body = answer
    if status >= 300 and status not in allowed:
        raise Refusal(f"the cluster answered {status}: {body.get('message')}")


def run(verb):
    try:
        config = json.loads(mounted("config.json"))
    except ValueError as error:
        raise Refusal("expected config.json to hold JSON, found something else") from error
    name = config.get("name") or "python-note"
    maps = "/api/v1/namespaces/default/configmaps"
    if verb == "install":
        body = {"metadata": {"name": name}, "data": {"note": "awake"}}
        expect(cluster("POST", maps, body), 409)
    elif verb == "uninstall":
        expect(cluster("DELETE", f"{maps}/{name}"), 404)
    else:
        note = "" if verb == "sleep" else "awake"
        expect(cluster("PATCH", f"{maps}/{name}", {"data": {"note": note}}))
    return {"configMap": name}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, kind=None, body=b""):
        self.send_response(status)
        self.send_header("Connection", "close")
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, text):
        self.answer(status, "text/plain; charset=utf-8", " ".join(text.split())[:600].encode())

    def do_GET(self):
        if self.path != "/health":
            return self.refuse(405 if self.path[1:] in SUCCESS else 404, "expected GET /health")
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        health = {"timestamp": now, "uptime": time.monotonic() - STARTED}
        health |= {"message": "Service is running", "healthy": True}
        self.answer(200, "application/json", json.dumps(health).encode())

    def do_POST(self):
        verb = self.path[1:]
        if verb not in SUCCESS:
            return self.refuse(404, "expected one of the four verbs")
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            metadata = json.loads(body) if body else {}
            if not isinstance(metadata, dict):
                raise Refusal("expected an object of metadata, found something else")
            with ONE_AT_A_TIME:
                metadata |= run(verb)
        except json.JSONDecodeError:
            return self.refuse(400, "expected a JSON object as the body, found something else")
        except Exception as error:
            return self.refuse(400, str(error) or type(error).__name__)
        if verb == "uninstall":
            return self.answer(204)
        self.answer(SUCCESS[verb], "application/json", json.dumps(metadata).encode())

    def log_message(self, *words):
        pass


class Server(ThreadingHTTPServer):
    # Calls that are open when it is asked to end are answered before it does.
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128


def main():
    text = os.environ.get("PORT") or "8080"
    if not text.isdigit() or int(text) > 65535:
        sys.exit(f"expected a port in PORT, found {text}")
    server = Server(("0.0.0.0", int(text)), Handler)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {text}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()


main()
