import { commonjs } from './commonjs/checks.mjs';
import { contexts } from './contexts/checks.mjs';
import { extension } from './extension/checks.mjs';
import { jsdom } from './jsdom/checks.mjs';
import { mocks } from './mocks/checks.mjs';
import { modules } from './modules/checks.mjs';
import { native } from './native/checks.mjs';
import { oldBundlers } from './old-bundlers/checks.mjs';
import { platforms } from './platforms/checks.mjs';
import { proxies } from './proxies/checks.mjs';
import { timers } from './timers/checks.mjs';
import { types } from './types/checks.mjs';

/**
 * Every check by its group. A check has a title, which says what a user relies on, and a `run` that throws if that is not so.
 * It gets a `Lab`.
 */
export const groups = {
  types,
  commonjs,
  timers,
  jsdom,
  contexts,
  proxies,
  mocks,
  modules,
  'old-bundlers': oldBundlers,
  native,
  extension,
  platforms,
};
