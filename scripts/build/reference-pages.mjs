import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { comparison } from './comparison.mjs';

/** The fields of the config, by what a reader wants to do. Each field has one place. */
const GROUPS = {
  'Where to connect': ['url', 'protocols', 'nodeOptions', 'connectTimeout'],
  Reconnecting: [
    ...['reconnectInitialDelay', 'reconnectMaxDelay', 'reconnectBackoffFactor', 'reconnectJitter'],
    ...['reconnectMaxAttempts', 'reconnectMinUptime', 'maxServerDelay', 'leaveTimeout'],
  ],
  'Dead links': ['pingInterval', 'pongTimeout', 'useWebsocketPing', 'idleTimeout'],
  Authentication: ['authOnConnect', 'authTimeout', 'authMaxAttempts'],
  'Requests and sends': [
    ...['requestTimeout', 'maxPendingRequests', 'commandChannelCapacity', 'pendingCleanupInterval', 'callStacks'],
  ],
  'Updates and memory': ['subscriptionChannelCapacity', 'maxMessageSize', 'maxBufferedBytes'],
};

/** The options of calls: what the heading says, and where the interface is. */
const CALLS = [
  ['`connect()`', 'src/client-options.ts', 'ConnectOptions'],
  ['`request()`, `requestRaw()`, `send()` and `sendJson()`', 'src/requests/call-options.ts', 'CallOptions'],
  ['`request()` and `requestRaw()` alone', 'src/requests/requests.ts', 'RequestOptions'],
  ['`requestRaw()` alone', 'src/requests/requests.ts', 'RawRequestOptions'],
  ['`subscribe()` and `subscribeMany()`', 'src/client-options.ts', 'SubscribeOptions'],
  ['The buffer of a channel, also given to `subscribe()`', 'src/channel/channel.ts', 'ChannelOptions'],
  ['`reconnect()`', 'src/client-options.ts', 'ReconnectOptions'],
  ['`close()`', 'src/connection/closing.ts', 'CloseOptions'],
];

/** The pages with a generated part: their path, and their text with that part made anew. */
export async function referencePages() {
  const { WebSocketConfig } = await load('src/config.ts');
  const { connectionStates } = await load('src/connection/connection-states.ts');
  return [
    page('docs/configuration.md', { fields: configTables(WebSocketConfig), options: callTables() }),
    page('docs/errors.md', { classes: errorTable(), fields: errorFields() }),
    page('docs/ARCHITECTURE.md', { states: stateDiagram(connectionStates) }),
    page('README.md', { comparison: comparison() }),
  ];
}

/** A page, with new text between `<!-- name:begin -->` and `<!-- name:end -->`. */
function page(path, parts) {
  let text = readFileSync(path, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} has no place for ${name}: ${begin}…${end}`);
    text = `${text.slice(0, from)}${begin}\n${part}\n\n${text.slice(to)}`;
  }
  return { path, text };
}

/** The exports of a source, which is TypeScript. */
async function load(source) {
  const { outputFiles } = await build({
    entryPoints: [resolve(source)],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'error',
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

// ——— Configuration ———

function configTables(WebSocketConfig) {
  const fields = new Map(membersOf('src/config.ts', 'WebSocketConfigInput').map((field) => [field.name, field]));
  const grouped = Object.values(GROUPS).flat();
  const wrong = [...new Set([...fields.keys(), ...grouped])].filter((name) => {
    return !fields.has(name) || grouped.filter((other) => other === name).length !== 1;
  });
  if (wrong.length > 0) throw new Error(`scripts/build/reference-pages.mjs: put ${wrong.join(', ')} into one group`);
  const defaults = new WebSocketConfig({ url: 'wss://stream.example.com' });
  return Object.entries(GROUPS)
    .map(([title, names]) => {
      const rows = names.map((name) => {
        const { words, reason } = fields.get(name);
        const why = reason && `Why: ${reason}.`;
        return [`\`${name}\``, defaultOf(defaults, name), allowedFor(WebSocketConfig, name), sentences(words, why)];
      });
      return `### ${title}\n\n${table(['field', 'default', 'allowed', 'meaning, and why this default'], rows)}`;
    })
    .join('\n\n');
}

/** What is allowed, in the words of the error that refuses a symbol: no field takes one. */
function allowedFor(WebSocketConfig, field) {
  try {
    new WebSocketConfig({ url: 'wss://stream.example.com', [field]: Symbol('refused') });
  } catch ({ message }) {
    return cell(/allowed is (.*)\.$/.exec(message)[1]).replace(/ to 31536000000\b/, ' to a year');
  }
  throw new Error(`${field} allows a symbol`);
}

function defaultOf(defaults, name) {
  const value = name === 'url' ? '–' : defaults[name];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return number(String(value));
}

function callTables() {
  return CALLS.map(([title, file, name]) => {
    const rows = membersOf(file, name).map(({ name: option, fallback, reason, words }) => {
      return [`\`${option}\``, fallback ?? 'none', sentences(words, reason && `Why: ${reason}.`)];
    });
    return `### ${title}\n\n${table(['option', 'default', 'meaning, and why this default'], rows)}`;
  }).join('\n\n');
}

// ——— Errors ———

function errorTable() {
  const rows = errorClasses().map(({ name, code, words, isRetryable }) => {
    return [`\`${name}\``, `\`${code}\``, words, isRetryable ? 'yes' : 'no'];
  });
  return table(['class', '`code`', 'when', '`retryable`'], rows);
}

function errorFields() {
  const rows = errorClasses().flatMap(({ name, fields }) => fields.map((field) => [`\`${name}\``, ...field]));
  return table(['class', 'field', 'meaning'], rows);
}

/** The classes of src/errors.ts below `TransportError`, with what their source says of them. */
function errorClasses() {
  return sourceOf('src/errors.ts')
    .statements.filter(
      (node) => ts.isClassDeclaration(node) && node.heritageClauses?.[0]?.getText().includes('TransportError'),
    )
    .map((node) => {
      const members = node.members.filter(ts.isPropertyDeclaration);
      const code = members.find((member) => member.name.getText() === 'code');
      const fields = members
        .filter((member) => member !== code)
        .map((member) => [`\`${member.name.getText()}\``, docOf(member).words]);
      return {
        name: node.name.text,
        code: code.type.literal.text,
        words: docOf(node).words,
        isRetryable: /\bretryable: true, \.\.\.options/.test(node.getText()),
        fields,
      };
    });
}

// ——— The states of a connection ———

/** The way of a connection. Events that end it in the same way in every state are shown for one state, or not at all. */
function stateDiagram(states) {
  const labels = new Map();
  for (const [state, { on }] of Object.entries(states)) {
    for (const [event, { next }] of Object.entries(on)) {
      const isShown = event === 'close' ? state === 'ready' : !['failed', 'abandoned'].includes(event);
      const arrow = `  ${state} --> ${next}: `;
      if (isShown) labels.set(arrow, [...(labels.get(arrow) ?? []), event]);
    }
  }
  const arrows = [...labels].map(([arrow, events]) => arrow + events.join(', '));
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> disconnected', ...arrows, '  closed --> [*]', '```'].join('\n');
}

// ——— Sources ———

function sourceOf(file) {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The members of an interface, each with the words, the default and the reason of its doc comment. */
function membersOf(file, name) {
  const found = sourceOf(file).statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  return found.members.map((member) => ({ name: member.name.getText(), ...docOf(member) }));
}

function docOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  const tag = doc?.tags?.find(({ tagName }) => tagName.text === 'default');
  const [, fallback, reason] = /^(.+?)(?:(?: – |: |, )(.+))?$/s.exec(cell(textOf(tag?.comment))) ?? [];
  return {
    words: cell(textOf(doc?.comment)),
    fallback: fallback && shown(fallback),
    reason,
  };
}

/** `30_000` is a number for people; a word of code is code; the rest is a sentence. */
function shown(fallback) {
  if (/^\d+$/.test(fallback)) return fallback;
  if (/^[\d_]+$/.test(fallback)) return number(fallback.replaceAll('_', ''));
  return /^[\w'.-]+$/.test(fallback) ? `\`${fallback}\`` : fallback;
}

const textOf = (comment) => ts.getTextOfJSDocComment(comment) ?? '';

// ——— Markdown ———

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text of a doc comment as a cell: one line, and a list as sentences. */
const cell = (text) =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/\s*\n- /g, ' ')
    .replace(/^- /, '')
    .replace(/\s*\n\s*/g, ' ');

const sentences = (...texts) => texts.filter(Boolean).join(' ');

/** `30000` as people read it: `30 000`. */
const number = (text) => text.replace(/^\d+$/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ' '));
