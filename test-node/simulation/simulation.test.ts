import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.js';
import { faultsOf } from './fault-scheduler.js';
import { describeFailure } from './report.js';
import { modeOf, simulate, traceOf } from './simulate.js';

const SEEDS = 500;
/** Seeds that failed once, each with what was wrong. */
const REGRESSIONS = [
  [40_754, 'the acknowledgement of an abandoned frame confirmed the next frame for the topic', 'S3, S6'],
  [70_394, 'a topic was subscribed again while the client was paused', 'S2'],
  [46_289, 'a revocation that crossed a new subscribe frame ended the new subscription', 'S3'],
  [106_750, 'the checker took the late refusal of an older frame for a refusal of the newest', 'S4'],
  [109_803, 'a wake hid that the attempt was refused for its credentials', 'C7'],
  [199_718, 'reconnect() hid that the attempt was refused with a Retry-After', 'C4'],
  [302_835, 'reconnect() hid that the attempt was refused for its credentials', 'C7'],
  [142_751, 'a confirmation without topics took the place of a lost refusal', 'S3'],
  [56_529, 'a connection was cut after the faults were over', 'L1'],
  [51_957, 'the checker took a resume() without a pause() for a sign of life', 'C6'],
  [1_795_736_112, 'a hook ended the connection, and what it had skipped was not told', 'S5'],
  [1_795_739_617, 'the checker wanted an answer from a socket that took no frame', 'S6'],
  [1_795_740_254, 'the checker knew which of two unconfirmed subscriptions had come to its end', 'S4'],
  [1_795_743_555, 'the simulated socket took a ping for a byte before it', 'C6'],
  [1_795_755_269, 'the checker did not wait for an attempt that a storm had put off', 'S3'],
  [1_795_758_503, 'the checker gave calls that were made inside another call an order with it', 'C3'],
  [1_795_761_746, 'an acknowledgement that came after its time confirmed another topic', 'S2'],
  [1_795_764_620, 'the checker blamed a late timer although bytes had put the verdict off since', 'C6'],
  [1_795_765_480, 'the checker wanted a planned end although the server had begun to close', 'C12'],
  [1_795_775_198, 'the checker wanted the end for a refusal that nobody had read', 'C7'],
  [101_304, 'a topic was not asked for because another that waited for its signature was resumed', 'S4'],
  [202_729, 'an update of a stale topic came before the gap of the reconnect', 'S5'],
  [204_165, 'a late timer gave up a frame that was just signed', 'S3'],
  [303_962, 'a topic of a refused frame had no gap after what came of an earlier subscription', 'S5'],
  [1_795_800_690, 'the gap of a reconnect waited for the confirmation of a topic that had updates', 'S5'],
  [1_795_801_699, 'the simulated socket forgot what left before a ping when there was another ping', 'C6'],
  [1_795_803_282, 'the gap of a reconnect was not told while a planned end was under way', 'S5'],
  [1_795_816_783, 'the checker took the late refusal of an older frame for a refusal of the newest', 'S2'],
  [1_795_817_652, 'the checker forgot a topic with the late refusal of an older frame', 'S4'],
  [1_795_826_127, 'the checker wanted a step of the wall clock to be seen that was taken back', 'DL17'],
  [1_795_839_417, 'the simulated socket took a ping for the only one', 'C6'],
  [1_795_840_795, 'the checker saw no life in bytes that left before a ping that waited for room', 'C6'],
  [1_796_100_367, 'the checker wanted urgent calls to leave whose time was over', 'DL19'],
  [1_796_300_238, 'the checker counted what a session brought before ready for the last connection', 'S4'],
  [1_795_741_894, 'the checker wanted an urgent call to leave that the handler failed to sign', 'DL19'],
  [1_795_744_580, 'the checker wanted an urgent call to leave that the handler failed to prepare', 'DL19'],
  [1_795_755_273, 'a hook that masked the entry of a wake ended the attempt, and the announced delay was long', 'C4'],
  [1_795_892_021, 'a topic was convicted although another of its frame had been withdrawn', 'S6'],
  [1_795_916_484, 'calls left before the resubscription because a frame that ends topics was first', 'C3, S7'],
  [1_795_978_861, 'a session was resumed whose connection the code that saw the frame had ended', 'S4'],
  [1_795_885_243, 'the checker wanted a resubscription on a connection that was about to be replaced', 'C3'],
  [1_795_900_970, 'the checker forgot that a refusal came too late to stop the end of its topic', 'S2'],
  [1_795_922_426, 'the checker took the end of an earlier subscription for the end of the new one', 'HN32'],
  [1_795_946_680, 'the checker wanted an answer for a topic whose end was being signed', 'S6'],
  [1_795_966_706, 'the checker wanted an urgent call to leave that was turned away', 'DL19'],
  [1_795_999_763, 'the checker missed updates that a login kept', 'S7'],
  [1_796_035_317, 'the checker cleared a suspect because of an answer that came too late', 'S4'],
  [1_796_062_293, 'the checker knew whose end was told where lists confirm too early', 'S4'],
  [1_796_082_537, 'the checker wanted a topic that could not be signed to be asked for again', 'S4'],
  [1_796_107_251, 'the checker missed updates that a login kept of a connection that was left', 'S7'],
  [1_796_135_213, 'the checker did not know that an update was under way while a listener closed', 'S7'],
  [1_796_137_436, 'the checker blamed a late timer after four pings without an answer', 'C6'],
  [1_796_214_540, 'a topic that was revoked while it was asked for anew stayed at the server', 'S2'],
  [1_796_231_121, 'the checker wanted an attempt before the timers that were overdue after a sleep', 'C4'],
  [1_796_292_271, 'the simulator rested before the delay of a topic was over that was refused seven times', 'S3'],
  [1_796_359_202, 'the checker did not know when the last byte came before a ping that waited for room', 'C6'],
  [1_796_423_911, 'what a topic missed that was given up and asked for anew at once was not told', 'S5'],
  [1_796_574_423, 'the checker did not know that a sink called reconnect() at a wake', 'CF18'],
  [1_796_523_051, 'the checker did not know that the application ended what the server had begun to close', 'C12'],
  [1_796_533_672, 'the checker granted a call a second turn after a second sleep', 'DL18'],
  [1_796_556_444, 'a pause held back the end of a connection, which never came', 'S4'],
  [1_796_674_398, 'a login that had failed left later', 'HN21'],
  [1_796_706_901, 'the checker did not know that an attempt follows at once what ends a login', 'S7'],
  [1_796_715_910, 'a late timer replaced a connection while an answer was waiting in the socket', 'DL18'],
  [1_796_770_682, 'the recorder did not know an answer to a login that came after its time', 'R7'],
  [1_796_798_499, 'the checker did not know that a signature that takes too long postpones its topic', 'S4'],
  [1_796_828_311, 'a late answer confirmed a topic whose frame had not left', 'S2'],
  [1_796_870_628, 'a frame that had not left counted as unanswered', 'S4'],
  [1_797_010_965, 'a socket that had failed was called silent', 'C6'],
  [1_797_028_407, 'the checker took an attempt that was too slow for one that a wake gave up', 'CF18'],
  [1_797_046_839, 'the checker forgot with the next connection which topics had gone on', 'S5'],
  [1_797_213_517, 'the checker did not know that a failing socket reports its own end', 'C6'],
  [1_797_215_349, 'the checker did not know that what a login kept may be handed on when it ends', 'S7'],
  [1_797_419_630, 'the checker took the confirmation of an ended subscription for that of the next one', 'C3'],
  [1_797_493_899, 'the checker took a reconnect() for earlier than a refusal that came at the same time', 'C7'],
  [1_797_640_938, 'the checker let the timeout of a call begin with a frame whose time was over', 'S6'],
  [1_797_688_870, 'an error put the end of a closing socket off once more', 'C12'],
  [1_797_829_224, 'the checker took a late answer for the end of a suspicion', 'C3'],
  [1_797_900_062, 'the checker granted close() no turn after a sleep', 'C8'],
  [1_797_916_692, 'the checker granted a planned end no turn after a sleep', 'C12'],
  [1_797_942_082, 'the checker kept what came during a login from a channel that was made meanwhile', 'S7'],
  [1_797_956_446, 'the checker did not count a frame that could not be built as a refusal', 'S4'],
  [1_798_042_138, 'the server went on with a topic before it read the frame that ended it', 'S2, HN35'],
  [1_798_190_749, 'a topic was suspected although the server had revoked it in between', 'S4, CH27'],
  [1_798_324_892, 'the checker did not know that a subscription waits for the signature of an unsubscribe frame', 'C3'],
  [1_798_363_239, 'the checker took an ended topic for one that had gone on', 'S2'],
  [1_798_366_662, 'the checker forgot a suspect when another topic was asked for', 'S6'],
  [1_798_373_127, 'a link was called dead for a ping that had waited for room', 'C6'],
  [1_798_647_158, 'a connection was ready before the message that its session goes on was put together', 'HN35'],
  [1_798_902_978, 'a topic was refused although the server had confirmed it, if late', 'S4, CH27'],
  [1_799_114_332, 'an update came after a gap within one connection, and the gap was told later', 'S5, CH19'],
  [1_799_136_523, 'the checker did not know that a login keeps what answers a call of the last connection', 'R7'],
  [1_799_342_014, 'the server answered ends before what it was asked before, and only the order told which', 'S4, HN3'],
  [1_799_347_174, 'the checker took the revocation of an ended subscription for an answer to the new one', 'S4, CH27'],
  [1_799_345_447, 'a suspect that the server had resumed and revoked was never asked for again', 'S4, CH27'],
  [1_799_442_734, 'a failed attempt in between made a session that goes on tell a gap', 'HN35'],
  [1_799_344_887, 'the end of a topic was given up because the host was frozen while its frame was signed', 'S3, HN45'],
  [1_799_473_275, 'a topic that was wanted again offline was asked for anew, although its session goes on', 'S2'],
  [1_799_633_736, 'a gap that was told after the confirmation made a later session tell another', 'HN35'],
  [1_800_043_101, 'the end of a stream ended what was asked for since and not confirmed in time', 'S4, HN32'],
  [1_800_312_555, 'a channel whose gap was told before its connection was ready was never live', 'S4'],
  [1_800_318_743, 'the checker took an attempt for the connection before it', 'HN35'],
] as const;
/** Only to end a run that hangs: a seed takes some milliseconds. */
const TIMEOUT = 120_000;

describe('simulation', () => {
  it(
    `${SEEDS} seeds break no rule of the checker [R1, R2, R3, R4, R5, R6, R7, S1, S2, S3, S4, S5, S6, S7, C1, C2, C3, C4, C5, C6, C7, C8, C9, C11, CL50, CF18, DL13, DL16, DL17, DL18, DL19, DL22, HN21, HN32, HN35, HN36, HN42, HN43, RT9, L1, L2]`,
    async () => {
      const struck = new Set<string>();
      for (let seed = 1; seed <= SEEDS; seed++) {
        const run = await simulate(seed);
        if (run.violations.length > 0) expect.fail(describeFailure(run));
        for (const entry of run.history) if (entry.type === 'fault') struck.add(entry.name);
      }
      // No fault is there for show.
      const all = Object.values(faultsOf).flatMap((faults) => faults.map(({ name }) => name));
      expect(all.filter((name) => !struck.has(name))).toEqual([]);
    },
    TIMEOUT,
  );

  it.each(REGRESSIONS)('seed %i: %s [%s]', async (seed) => {
    const run = await simulate(seed);
    if (run.violations.length > 0) expect.fail(describeFailure(run));
  });

  it('the same seed gives the same trace, byte for byte [C10]', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const trace = await traceOf(seed);
      expect(await traceOf(seed)).toBe(trace);
      expect(await traceOf(seed + 1, modeOf(seed))).not.toBe(trace);
      expect(digestOf(trace)).toMatch(/^[\da-f]{16}$/);
    }
  });

  it('a failure reports its seed, its history and the command to replay it', async () => {
    const run = await simulate(7);
    const words = describeFailure({
      ...run,
      violations: [{ clause: 'R1', words: 'was broken', client: 'a', index: 20 }],
    });
    expect(words).toContain('seed 7');
    expect(words).toContain('R1 (client a): was broken');
    expect(words).toContain('npm run simulate -- --seed 7 --mode liveness');
    expect(words.split('\n').length).toBeGreaterThan(20);
  });
});
