export type { RecordingSource } from './recording/event-reader.js';
export { Player } from './recording/player.js';
export type { PlayedFrames, PlayerOptions, ReplaySummary } from './recording/player-options.js';
export { type RecordableClient, Recorder, type RecorderOptions } from './recording/recorder.js';
export type { RecordedDetail, RecordedEvent, RecordedFrame, RecordingHeader } from './recording/recording-event.js';
