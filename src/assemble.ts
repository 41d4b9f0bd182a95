import type { WebSocketConfig } from './config.js';
import { ConnectReminder } from './connection/connect-reminder.js';
import { Greeting } from './connection/greeting.js';
import { Login } from './connection/login.js';
import { StateMachine } from './connection/state-machine.js';
import { Supervisor } from './connection/supervisor.js';
import type { Context, Counters } from './context.js';
import { DeliveryGate } from './inbound/delivery-gate.js';
import { Outbox } from './outbound/outbox.js';
import { overridesOf } from './protocol/handler-overrides.js';
import type { ProtocolHandler } from './protocol/protocol-handler.js';
import { Admission } from './requests/admission.js';
import { Drain } from './requests/drain.js';
import { RequestIds } from './requests/request-ids.js';
import { Requests } from './requests/requests.js';
import { Sends } from './requests/sends.js';
import type { Runtime } from './runtime.js';
import { Subscriptions } from './subscriptions/subscriptions.js';
import { Trace } from './trace.js';
import { DeadlineQueue } from './util/deadline-queue.js';
import { Pacer } from './util/pacer.js';
import { TurnTime } from './util/turn-time.js';

/** The parts of a client that its face talks to. */
export interface Assembly {
  readonly context: Context;
  readonly supervisor: Supervisor;
  readonly outbox: Outbox;
  readonly requests: Requests;
  readonly sends: Sends;
  readonly subscriptions: Subscriptions;
  readonly pacer: Pacer;
  readonly reminder: ConnectReminder;
}

/** Makes the parts of one client, each after the parts that it needs. */
export function assemble(
  config: WebSocketConfig,
  handler: ProtocolHandler<object, object>,
  runtime: Runtime,
  emit: Context['emit'],
): Assembly {
  const gate = new DeliveryGate();
  const trace = new Trace(runtime.clock, (text) => handler.redact(text));
  const counters: Counters = {
    received: 0,
    parsed: 0,
    unknown: 0,
    sent: 0,
    dropped: 0,
    reconnects: 0,
    lastMessageAt: undefined,
  };
  const overrides = overridesOf(handler);
  const turnTime = new TurnTime(runtime.clock);
  const context: Context = { config, handler, overrides, runtime, trace, counters, gate, turnTime, emit };

  const machine = new StateMachine(context);
  const pacer = new Pacer(runtime.clock);
  const deadlines = new DeadlineQueue(runtime.clock, config.pendingCleanupInterval);
  const outbox = new Outbox(context, deadlines, machine);

  const ids = new RequestIds(context);
  const admission = new Admission(context, machine, outbox);
  const drain = new Drain(outbox);
  const requests = new Requests(context, outbox, ids, admission, drain, deadlines, pacer);
  const sends = new Sends(context, outbox, admission, drain, deadlines);

  const subscriptions = new Subscriptions(context, { ids, outbox, inbound: gate, drain });
  ids.addUser(subscriptions);
  drain.watchConfirmations(subscriptions);

  const login = new Login(context, outbox);
  const greeting = new Greeting(context, machine, login, outbox);
  const supervisor = new Supervisor(context, {
    gate,
    machine,
    greeting,
    login,
    outbox,
    requests,
    sends,
    drain,
    subscriptions,
    pacer,
  });
  const reminder = new ConnectReminder(context, [outbox, subscriptions]);
  return { context, supervisor, outbox, requests, sends, subscriptions, pacer, reminder };
}
