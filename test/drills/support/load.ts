// A steady load on the service: people who get a captcha, request an SMS and verify their mobile. A visit starts at each
// tick, whether or not the earlier ones have ended, so a slow service does not get fewer requests.

import type { AnswerLog } from './answers.ts';
import type { CaptchaSolver } from './captcha-solver.ts';
import { call, type LoadAnswer, type Operation } from './load-client.ts';
import type { SmsCounter } from './sms-counter.ts';

export interface LoadOptions {
  readonly visitsPerSecond: number;
  /**
   * A mobile is used this often, every `revisitSeconds`. The first visit receives an SMS. The cooldown rejects the others,
   * so a forgotten cooldown shows as an SMS too many.
   */
  readonly visitsPerMobile: number;
  readonly revisitSeconds: number;
  /** After this time a mobile is used again. Longer than the cooldown, and than the visits to a mobile. */
  readonly reuseSeconds: number;
  /** Whether a person who has verified the mobile registers, and logs in from then on. */
  readonly registers: boolean;
}

export interface LoadDependencies {
  /** The instances that receive requests now. They take turns. */
  readonly targets: () => readonly string[];
  readonly solver: CaptchaSolver;
  readonly sms: SmsCounter;
  readonly log: AnswerLog;
}

/** Every drill has its own database and Redis, so the numbers may be the same. */
const FIRST_MOBILE = 13_900_000_000;
/** Mobiles of different number ranges, whose keys may lie on different Redis nodes. */
const MOBILE_STEP = 10_007;

export class Load {
  /** Captchas that no Redis node had: a failover lost them, so their person starts again. */
  lostCaptchas = 0;

  private visits = 0;
  private requests = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly registered = new Set<string>();
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly options: LoadOptions,
    private readonly dependencies: LoadDependencies,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.startVisit(), 1000 / this.options.visitsPerSecond);
  }

  /** Resolves when the visits that have started have ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight);
  }

  private startVisit(): void {
    const mobile = mobileOfVisit(this.visits, this.options);
    const address = addressOf(this.visits);
    this.visits += 1;
    if (mobile === undefined) return;
    const visit = this.visit(mobile, address).finally(() => this.inFlight.delete(visit));
    this.inFlight.add(visit);
  }

  /** Ends early where a person would have to wait or to start again. */
  private async visit(mobile: string, address: string): Promise<void> {
    const purpose = this.registered.has(mobile) ? 'LOGIN' : 'REGISTER';

    const captcha = await this.ask(address, 'imageCaptcha');
    if (captcha.type !== 'ImageCaptcha') return;
    const captchaId = String(captcha.fields.id);
    const captchaAnswer = await this.dependencies.solver.solve(captchaId);
    if (captchaAnswer === undefined) {
      this.lostCaptchas += 1;
      return;
    }
    const sent = await this.ask(address, 'requestSmsCode', { mobile, captchaId, captchaAnswer, purpose });
    if (sent.type !== 'SmsCodeSent') return;
    const code = this.dependencies.sms.lastCode(mobile);
    if (code === undefined) return;
    const verified = await this.ask(address, 'verifySmsCode', { mobile, code, purpose });
    if (verified.type !== 'MobileVerified' || purpose === 'LOGIN' || !this.options.registers) return;
    const verificationToken = String(verified.fields.verificationToken);
    const user = await this.ask(address, 'registerUser', { verificationToken });
    if (user.type === 'UserRegistered') this.registered.add(mobile);
  }

  private async ask(
    address: string,
    operation: Operation,
    input?: Record<string, string>,
  ): Promise<LoadAnswer> {
    const targets = this.dependencies.targets();
    const url = targets[this.requests % targets.length] ?? '';
    this.requests += 1;
    const answer = await call(url, address, operation, input);
    this.dependencies.log.record(answer);
    return answer;
  }
}

/**
 * New mobiles come at a steady rate, and between them the earlier ones again. `undefined` at the beginning, when the mobile
 * would have to be earlier than the first one.
 */
export function mobileOfVisit(
  visit: number,
  { visitsPerSecond, visitsPerMobile, revisitSeconds, reuseSeconds }: Omit<LoadOptions, 'registers'>,
): string | undefined {
  const mobilesPerSecond = visitsPerSecond / visitsPerMobile;
  const earlier = (visit % visitsPerMobile) * Math.round(revisitSeconds * mobilesPerSecond);
  const index = Math.floor(visit / visitsPerMobile) - earlier;
  if (index < 0) return undefined;
  return String(FIRST_MOBILE + (index % Math.round(reuseSeconds * mobilesPerSecond)) * MOBILE_STEP);
}

/** Another address for each visit, so that no rate limit of an address is reached. */
function addressOf(number: number): string {
  return `10.${(number >> 16) & 0xff}.${(number >> 8) & 0xff}.${number & 0xff}`;
}
