import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const OWN_FILES = 'https://github.com/hpx/hpx-transport-ws/';

/** Every link of the site that leads nowhere. Links to other hosts are only read as URLs. */
export function deadLinks(site, base = '/') {
  const pages = new Map();
  const page = (file) => {
    if (!pages.has(file)) pages.set(file, existsSync(file) && statSync(file).isFile() ? read(file) : undefined);
    return pages.get(file);
  };
  const dead = [];
  const files = readdirSync(site, { recursive: true }).filter((file) => file.endsWith('.html'));
  for (const file of files) {
    for (const href of page(join(site, file)).links) {
      if (!isAlive(href, join(site, file), { site, base, page })) dead.push(`${file}: ${href}`);
    }
  }
  return { dead, pages: files.length };
}

function isAlive(href, file, { site, base, page }) {
  if (/^[a-z][a-z\d+.-]*:/i.test(href)) return URL.canParse(href) && isOwnFile(href);
  const [path, hash] = href.split('#');
  const target =
    path === '' ? file : join(path.startsWith('/') ? site : dirname(file), decodeURI(withoutBase(path, base)));
  const found = [target, `${target}.html`, join(target, 'index.html')].find((name) => page(name));
  if (!found) return existsSync(target) && relative(site, target) !== '' && !hash;
  return !hash || page(found).ids.has(decodeURIComponent(hash));
}

/** A file of this repository exists here, too. Pages that edit a file, issues and the like are not looked at. */
function isOwnFile(href) {
  const [, path] = /^(?:blob|tree|edit)\/main\/([^#?]+)/.exec(href.slice(OWN_FILES.length)) ?? [];
  return !href.startsWith(OWN_FILES) || path === undefined || existsSync(join(ROOT, decodeURIComponent(path)));
}

function withoutBase(path, base) {
  return path.startsWith(base) ? `/${path.slice(base.length)}` : path;
}

function read(file) {
  const html = readFileSync(file, 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
  const values = (name) =>
    [...html.matchAll(new RegExp(`<[a-z][^>]*? ${name}="([^"]*)"`, 'gi'))].map(([, value]) => plain(value));
  return {
    links: new Set([...values('href'), ...values('src')].filter((href) => href !== '')),
    ids: new Set([...values('id'), ...values('name')]),
  };
}

function plain(text) {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<');
}
