// How long the search of a built site takes in a real browser: decoding and ranking, without the network.
//
//   (cd ../../tests/browser && npm ci) && node browser.mjs SITE QUERIES.jsonl...
//
// SITE is the output of a build, a query a line of {"query": "…"}. Each query is asked three times: by a new client that fetches what it
// needs; by another new one that gets the same bytes from memory, so that it decodes the root and every shard anew, as for a reader who comes
// with this query; and by one that stays open, as for a reader who goes on searching. The last two are measured. A block is the longest that
// the new client kept the page from doing anything else.
import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { openBuilt } from "../../tests/browser/site.mjs";

const [folder, ...files] = process.argv.slice(2);
const read = (file) => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line).query);
const { client } = JSON.parse(readFileSync(resolve(folder, "search/index.json"), "utf8"));

/** Runs in the page: for each query the milliseconds of a new client and of the one that stays, and the longest block of the page's thread. */
async function measure([module, queries]) {
  const base = new URL(module.slice(0, module.lastIndexOf("search/")), location.origin).href;
  const { open } = await import(module);
  const kept = new Map();
  const fetchOnce = async (url, options) => {
    const key = String(url);
    if (!kept.has(key)) kept.set(key, await (await fetch(url, options)).arrayBuffer());
    return new Response(kept.get(key));
  };
  const timed = async (run) => {
    const began = performance.now();
    await run();
    return performance.now() - began;
  };
  /** The longest time between two turns of the page's thread while `run` is at work. */
  const longestBlock = async (run) => {
    const { port1, port2 } = new MessageChannel();
    let [block, last] = [0, performance.now()];
    port1.onmessage = () => {
      const now = performance.now();
      block = Math.max(block, now - last);
      last = now;
      port2.postMessage(0);
    };
    port2.postMessage(0);
    await run();
    port1.close();
    return Math.max(block, performance.now() - last);
  };
  const session = await open(base, { fetch: fetchOnce });
  const answers = [];
  for (const query of queries) {
    const anew = async () => (await open(base, { fetch: fetchOnce })).query(query, { limit: 10 });
    await anew();
    answers.push([await timed(anew), await timed(() => session.query(query, { limit: 10 })), await longestBlock(anew)]);
  }
  return answers;
}

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const site = await openBuilt(resolve(folder));
try {
  const { page } = await site.visit("404.html");
  const all = [];
  const row = (name, answers) => {
    const columns = [0, 1, 2].map((column) => {
      const values = answers.map((answer) => answer[column]);
      return [quantile(values, 0.5), quantile(values, 0.95), Math.max(...values)].map((ms) => ms.toFixed(1)).join(" / ").padEnd(22);
    });
    console.log(`${name.padEnd(26)} ${String(answers.length).padStart(5)}   ${columns.join(" ")}`);
  };
  console.log("milliseconds, median / p95 / max");
  console.log(`${"file".padEnd(26)} queries new client             open client            block`);
  for (const file of files) {
    const module = new URL(client, page.url()).pathname;
    const answers = await page.evaluate(measure, [module, read(file)]);
    row(basename(file), answers);
    all.push(...answers);
  }
  row("all", all);
} finally {
  await site.close();
}
