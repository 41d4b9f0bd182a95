// Bugs that the simulator has to catch, each as a patch of one file below src: every occurrence of `search` becomes `replace`.
// The strings are short on purpose: they should outlive a change of the code around them.

import { bug } from './bug.mjs';
import { fieldBugs } from './field-bugs.mjs';

export const bugs = [
  // ——— Pace ———
  bug(
    'the attempts count from 1 again as soon as a socket is ready',
    'connection/reconnect-policy.ts',
    'this.#readySince = this.#runtime.clock.now();',
    'this.#readySince = this.#runtime.clock.now(); this.#attempt = 0;',
  ),
  bug(
    'jitter is applied before the cap',
    'connection/reconnect-policy.ts',
    'limit - limit * reconnectJitter * this.#runtime.random()',
    'Math.min(reconnectMaxDelay, reconnectInitialDelay * 2 ** Math.min(this.#attempt - 1, 99) * (1 - reconnectJitter * this.#runtime.random()))',
  ),
  bug(
    'attempts in a minute are not bounded',
    'connection/reconnect-policy.ts',
    'Math.max(delay, this.#window.delay',
    'Math.max(delay, 0 * this.#window.delay',
  ),
  bug(
    'the server’s Retry-After is ignored',
    'connection/reconnect-policy.ts',
    'now + this.#named',
    'now + 0 * this.#named',
  ),
  bug('the timer of the back-off is not cancelled', 'connection/supervisor.ts', 'this.#attempts.stop();', ''),
  bug('a wake of the host is ignored', 'connection/attempts.ts', 'delay < this.#timer.remaining', 'delay < -1', 2_000),
  // ——— Life ———
  bug(
    'events of a replaced connection are heard',
    'connection/supervisor.ts',
    'if (connection === this.#connection && !connection.isRetired) act();',
    'act();',
  ),
  bug(
    'a refused attempt is fatal',
    'connection/loss-judge.ts',
    'loss.end ? this.#ask(loss.end) : RETRY',
    "loss.end ? (loss.error.code === 'CONNECTION_FAILED' ? { verdict: 'fatal' } : this.#ask(loss.end)) : RETRY",
  ),
  bug('a fatal close code is not', 'connection/loss-judge.ts', "verdict === 'fatal'", 'false'),
  bug('close() awaits answers', 'connection/supervisor.ts', 'if (isDrained && outbox.isReady)', 'if (outbox.isReady)'),
  bug(
    'close() has no deadline',
    'connection/closing.ts',
    'startPatiently(deadline, onDeadline)',
    'startPatiently(deadline * 100, onDeadline)',
  ),
  bug('the lifecycle is listened to after the end', 'connection/supervisor.ts', 'this.#stopListening?.();', ''),
  bug(
    'a replaced socket is not closed',
    'connection/connection.ts',
    'if (closeCode === undefined) this.link.drop();',
    'if (closeCode === undefined) return;',
  ),
  bug('refused credentials are tried for ever', 'connection/login.ts', 'this.#refusals < authMaxAttempts', 'true'),
  bug(
    'authentication is not repeated',
    'connection/supervisor.ts',
    'const epoch = ++this.#epoch;',
    'const epoch = ++this.#epoch; this.#parts.login.isWanted = false;',
  ),
  bug(
    'no pong is ever missed',
    'connection/heartbeat.ts',
    'else this.#judge(lateness)',
    'else this.#schedule(this.#interval)',
  ),
  bug('a late timer judges', 'connection/heartbeat.ts', 'this.#lateVerdicts < MAX_LATE_VERDICTS', 'false', 2_000),
  bug(
    'a transition is not told',
    'connection/state-machine.ts',
    "this.#context.emit('stateChange'",
    "if (to !== 'connected') this.#context.emit('stateChange'",
  ),
  // ——— Requests ———
  bug(
    'a queued request is sent after its timeout',
    'requests/requests.ts',
    'this.#outbox.delete(request);',
    'if (request.signal?.aborted) this.#outbox.delete(request);',
  ),
  bug(
    'a written request is sent again',
    'requests/requests.ts',
    "request.isWritten && request.retry === 'idempotent'",
    "request.isWritten && request.retry !== 'never'",
  ),
  bug(
    'a written request is told unsent',
    'requests/requests.ts',
    "closedError(batch.error, request.isWritten ? 'unknown' : 'unsent')",
    "closedError(batch.error, 'unsent')",
  ),
  bug(
    'a late answer settles another request',
    'requests/pending-requests.ts',
    'this.#requests.get(id)',
    '(this.#requests.get(id) ?? this.#requests.values().next().value)',
  ),
  bug(
    'ids are used again',
    'requests/request-ids.ts',
    'handler.generateRequestId() ??',
    'handler.generateRequestId() ?? String(Object.assign(this, { count: ((this as { count?: number }).count ?? 0) + 1 }).count % 3) ??',
  ),
  bug(
    'an aborted request is not forgotten',
    'requests/pending-requests.ts',
    'this.#requests.delete(request.id);',
    "if (outcome !== 'aborted') this.#requests.delete(request.id);",
  ),
  bug('one request too many is let in', 'requests/capacity.ts', 'count >= capacity', 'count > capacity'),
  bug(
    'timeouts wait for the sweep',
    'util/deadline-queue.ts',
    'Math.min(Math.max(0, first.deadline - now), this.#longestSleep)',
    'Math.min(Math.max(1_500, first.deadline - now), this.#longestSleep)',
  ),
  bug('a lost connection leaves its requests open', 'connection/supervisor.ts', 'if (error) requests.lost(error);', ''),
  bug(
    'waiting calls go before the resubscription',
    'outbound/outbox.ts',
    "this.#phase = 'resuming';",
    "this.#phase = 'flowing';",
  ),
  bug(
    'requests leave while authenticating',
    'outbound/outbox.ts',
    '} else if (!this.isReady) {',
    '} else if (!this.isReady && this.waiting === 0) {',
  ),
  bug(
    'frames do not wait for the code behind an await',
    'inbound/delivery-gate.ts',
    'this.#turnsLeft = TURNS;',
    'this.#turnsLeft = 0;',
  ),
  bug(
    'waiting calls are not bounded',
    'requests/admission.ts',
    "'commandChannelCapacity', commandChannelCapacity,",
    "'commandChannelCapacity', 4 * commandChannelCapacity,",
  ),
  // ——— Subscriptions ———
  bug(
    'the count of channels is off by one',
    'subscriptions/subscription-store.ts',
    'if (subscription.isWanted) return false;\n    this.#wanted--',
    'if (subscription.subscribers.length > 1) return false;\n    this.#wanted--',
  ),
  bug(
    'nobody tells the server at the last channel',
    'subscriptions/subscriptions.ts',
    'const released = subscription.whenReleased();\n    this.#changed.stage(subscription);',
    'const released = subscription.whenReleased();',
  ),
  bug(
    'a second drop loses what was being resubscribed',
    'subscriptions/subscriptions.ts',
    "this.#store.happen(subscription, 'lost');",
    "if (subscription.state !== 'subscribing') this.#store.happen(subscription, 'lost');",
  ),
  bug(
    'the list of what to resubscribe is emptied too early',
    'subscriptions/changed-topics.ts',
    'for (const subscription of this.#store.all()) this.add(subscription);',
    'for (const subscription of [...this.#store.all()].slice(0, 2)) this.add(subscription);',
  ),
  bug(
    'a listener is called after unsubscribe()',
    'channel/channel-inlet.ts',
    'this.#face.removeAllListeners(event);',
    'void event;',
  ),
  bug(
    'the gap comes after the first update',
    'subscriptions/delivery.ts',
    'this.#gaps.announceBefore(subscription, update.receivedAt);',
    'queueMicrotask(() => this.#gaps.announceBefore(subscription, update.receivedAt));',
  ),
  bug('a gap of the sequence is not told', 'subscriptions/delivery.ts', 'String(previous) === String(last)', 'true'),
  bug(
    'half of a refused frame is not asked for again',
    'subscriptions/acknowledgements.ts',
    'this.#separate(subscriptions.slice(half));',
    '',
    2_000,
  ),
  bug(
    'a refusal at a resubscription is final',
    'subscriptions/outcomes.ts',
    '!(retryable ?? subscriber.isConfirmed)',
    '!(retryable && subscriber.isConfirmed)',
  ),
  bug('losses of a full channel are not counted', 'channel/channel-inlet.ts', 'this.#dropped++;', ''),
  bug(
    'updates before the first listener are not kept',
    'channel/listener-feed.ts',
    "if (this.#phase === 'holding' || this.#phase === 'handing') {",
    "if (this.#phase === 'holding') return update;\n    if (this.#phase === 'handing') {",
  ),
  bug(
    'a confirmation that never comes is waited for',
    'subscriptions/unanswered-frames.ts',
    'if (frame) this.#deadlines.add(frame, this.#timeout);',
    '',
  ),
  bug(
    'a listener that throws stops the others',
    'util/isolated-emitter.ts',
    '      this.#failed(event, cause);\n    }',
    '      throw cause;\n    }',
  ),
  ...fieldBugs,
];
