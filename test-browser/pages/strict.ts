import { runSession } from './session.js';

/** For a page that allows only scripts of its own site: it runs at load and shows its result. */
const url = new URLSearchParams(location.search).get('server') ?? '';
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => violations.push(violatedDirective));
addEventListener('load', () => {
  runSession(url).then(
    (found) => show({ ...found, violations }),
    (error) => show({ error: String(error), violations }),
  );
});

function show(found: object): void {
  document.body.textContent = JSON.stringify(found);
}
