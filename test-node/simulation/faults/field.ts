import type { Fault } from './fault.js';
import { fieldCallFaults } from './field-calls.js';
import { fieldHookFaults } from './field-hooks.js';
import { fieldLinkFaults } from './field-links.js';
import { fieldSessionFaults } from './field-sessions.js';
import { fieldTopicFaults } from './field-topics.js';

/** What other clients were reported to fail at in the field. */
export const fieldFaults: readonly Fault[] = [
  ...fieldLinkFaults,
  ...fieldCallFaults,
  ...fieldTopicFaults,
  ...fieldSessionFaults,
  ...fieldHookFaults,
];
