// Audits pages in one Chromium, each with an empty cache and as the person whose session it is given.
// Reads a job as JSON from standard input; writes one line of JSON for each page.

import { text } from "node:stream/consumers";
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const CONFIGS = { desktop: desktopConfig, mobile: undefined };
const { chromium, args, pages, only } = JSON.parse(await text(process.stdin));

const browser = await puppeteer.launch({ executablePath: chromium, args, headless: true });
try {
  for (const page of pages) process.stdout.write(`${JSON.stringify(await audit(page))}\n`);
} finally {
  await browser.close();
}

async function audit({ name, preset, url, session }) {
  const profile = await browser.createBrowserContext();
  const tab = await profile.newPage();
  if (session) await tab.setCookie({ name: "sessionid", value: session, url });
  const flags = { ...only, disableStorageReset: true, logLevel: "error" };
  let { lhr } = await lighthouse(url, flags, CONFIGS[preset], tab);
  // Times alone need the browser's own record, and on a busy machine its beginning gets lost.
  for (let left = 3; left && lhr.runtimeError?.code === "NO_NAVSTART"; left -= 1) {
    await (await tab.createCDPSession()).send("Network.clearBrowserCache");
    ({ lhr } = await lighthouse(url, flags, CONFIGS[preset], tab));
  }
  await profile.close();
  if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
  return {
    name,
    preset,
    reached: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score])),
    audits: Object.fromEntries(Object.values(lhr.audits).map((one) => [one.id, result(one)])),
  };
}

function result({ title, score, scoreDisplayMode, numericValue, displayValue, details }) {
  const found = Array.isArray(details?.items) ? details.items.slice(0, 5) : [];
  const items = found.map((item) => item.node?.snippet ?? item.url ?? item.description ?? "");
  return { title, score, mode: scoreDisplayMode, value: numericValue ?? 0, shown: displayValue ?? "", items };
}
