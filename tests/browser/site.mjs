// The site of this repository, built by the program, served as a careful host would, in a real browser.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("../..", import.meta.url).pathname;

/** Where the site is published below its host: nothing may depend on being at the root. */
const BASE = "/any/path/";

/** Promise P15. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".xml": "application/xml",
};

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Builds the site in `source` into `output`, with these other options. */
export function build(source, output, ...options) {
  const program = process.env.KBPRESS ?? join(root, "target/debug/kbpress");
  const built = spawnSync(program, ["build", "-q", "-r", source, "-o", output, "-u", `https://kbpress.example.org${BASE}`, ...options]);
  if (built.status !== 0) throw new Error(`the site cannot be built: ${built.stderr}`);
}

/** Serves a published folder below `BASE`. */
function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://host").pathname));
    let file = path.startsWith(BASE) ? join(folder, path.slice(BASE.length)) : folder;
    if (path.endsWith("/")) file = join(file, "index.html");
    const found = path.startsWith(BASE) && existsSync(file) && extname(file) !== "";
    if (!found) file = join(folder, "404.html");
    response.writeHead(found ? 200 : 404, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** The browser of this machine. */
export function browserPath() {
  const places = (process.env.PATH ?? "").split(":").flatMap((folder) => BROWSERS.map((name) => join(folder, name)));
  const found = places.find(existsSync);
  if (!found) throw new Error(`none of ${BROWSERS.join(", ")} is installed`);
  return found;
}

/** Builds and serves the site in `source`, this repository's where none is named, and starts a browser. */
export async function open(source = root, ...options) {
  const folder = join(mkdtempSync(join(tmpdir(), "kbpress-browser-")), "public");
  build(source, folder, ...options);
  const site = await openBuilt(folder);
  return {
    ...site,
    async close() {
      await site.close();
      rmSync(join(folder, ".."), { recursive: true });
    },
  };
}

/** Serves what a build left in `folder`, and starts a browser. */
export async function openBuilt(folder) {
  const server = await serve(folder);
  const browser = await chromium.launch({ executablePath: browserPath(), args: ["--no-sandbox"] });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    /** The published files. */
    folder,
    /** A page of the site in a context of its own, and what goes wrong in it; `before` is called before it is loaded. */
    async visit(path, { before, ...options } = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await before?.(page);
      const problems = [];
      page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
      page.on("console", (message) => {
        // The page that says that there is no page comes with that status.
        const isStatus = message.text().includes("status of 404") && message.location().url === page.url();
        if (message.type() === "error" && !isStatus) problems.push(`console: ${message.text()} ${message.location().url}`);
      });
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(origin) && !url.startsWith("data:")) problems.push(`foreign request: ${url}`);
      });
      page.on("requestfailed", (request) => {
        // What a page that is left had still to load is no failure; what the policy forbids has another name.
        const isLeft = request.failure()?.errorText === "net::ERR_ABORTED";
        if (!isLeft) problems.push(`failed: ${request.url()}`);
      });
      await page.goto(origin + BASE + path, { waitUntil: "load" });
      return { page, problems, path: () => new URL(page.url()).pathname.slice(BASE.length) };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
