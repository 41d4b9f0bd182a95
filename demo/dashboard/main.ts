import { ChartPanel } from './chart-panel.js';
import { ConnectionPanel } from './connection-panel.js';
import { byId } from './dom.js';
import { FaultsPanel } from './faults-panel.js';
import { Feed } from './feed.js';
import { FrameMeter } from './frame-meter.js';
import { LadderPanel } from './ladder-panel.js';
import { LinkState } from './link-state.js';
import { Log } from './log.js';
import { LogPanel } from './log-panel.js';
import { Markets } from './markets.js';
import { Painter } from './painter.js';
import { RecordingPanel } from './recording-panel.js';
import { readSettings } from './settings.js';
import { StatusBar } from './status-bar.js';
import { TicketPanel } from './ticket-panel.js';
import { WatchlistPanel } from './watchlist-panel.js';

/** Milliseconds between two looks at the numbers of the connection. */
const REFRESH = 100;

const settings = readSettings(location.search);
const painter = new Painter();
const log = new Log();
new LogPanel(byId('log'), log, painter);
const feed = new Feed(settings);
log.follow(feed);
const state = new LinkState(feed);
const markets = new Markets(feed, log);
const status = new StatusBar(byId('status'), feed, state);
const faults = new FaultsPanel(byId('faults'), feed, log, settings.fault);
const connection = new ConnectionPanel(byId('connection'), state, new FrameMeter());
new WatchlistPanel(byId('watchlist'), feed, markets, painter, log);
new ChartPanel(byId('chart'), feed, markets, painter, log);
new LadderPanel(byId('ladder'), feed, markets, painter, log);
new TicketPanel(byId('ticket'), feed, markets, painter, log, settings.patience);
const recording = new RecordingPanel(byId('recording'), feed, markets, log, settings.megabytes);
log.onEntry(({ kind }) => {
  if (kind === 'order') faults.orderPlaced();
});

const paint = () => {
  status.paint();
  faults.paint();
  connection.paint();
  recording.paint();
};
paint();
setInterval(() => painter.paint(paint), REFRESH);
feed.start();
