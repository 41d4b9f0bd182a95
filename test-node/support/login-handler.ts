import { GenericJsonHandler, type Message } from 'hpx-transport-ws';

/** The dialect of the mock server with its login. */
export class LoginHandler extends GenericJsonHandler {
  /** What the next login frame carries. */
  key = 'secret';
  /** What a refusal means. */
  verdict: boolean | 'final' | 'retry' = true;
  built = 0;

  override buildAuthMessage(): string | Promise<string> {
    this.built++;
    return JSON.stringify({ op: 'auth', key: this.key });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('op') === 'auth' && message.text.includes('"success":true');
  }

  override isAuthFailure(message: Message): boolean | 'final' | 'retry' {
    return message.field('op') === 'auth' && message.text.includes('"success":false') ? this.verdict : false;
  }
}
