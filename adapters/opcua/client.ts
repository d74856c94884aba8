// One session with one OPC UA server: certificates of its own, a deadline for everything, names for what went wrong.
import { join } from 'node:path';
import type { ClientSession, OPCUACertificateManager, OPCUAClient, UserIdentityInfo } from 'node-opcua';
import { type Context, PumjilError } from '../../src/component.ts';
import type { Settings } from './settings.ts';

/** The library; loaded when the first connection is made, because it takes a second and 100 MB. */
export type Library = typeof import('node-opcua');

/** Publishing intervals without a byte after which the socket is given up: four times the keep-alive. */
const IDLE_INTERVALS = 20;

export interface Connection {
  readonly library: Library;
  readonly client: OPCUAClient;
  readonly session: ClientSession;
  /** Most nodes in one Read and most items in one CreateMonitoredItems that the server takes. */
  readonly limits: { readonly read: number; readonly items: number };
  /** The node id with its namespace URI replaced by today's index; throws PumjilError ADAPTER_ADDRESS. */
  nodeId(text: string): string;
  /** Ends within a second, whether the server answers or not. */
  close(): Promise<void>;
}

const CLOSE_MS = 400;
/** What one request asks for where the server states no limit. */
const DEFAULT_LIMIT = 1000;

/**
 * Opens channel and session within `timeout_ms` each.
 *
 * @throws PumjilError ADAPTER_UNREACHABLE, ADAPTER_TIMEOUT, ADAPTER_CREDENTIALS or ADAPTER_PROTOCOL, all retryable
 */
export async function openConnection(settings: Settings, context: Context): Promise<Connection> {
  const library = await import('node-opcua');
  silence(library);
  const isNamedClosed = (): boolean => context.signal.aborted;
  const certificates = new library.OPCUACertificateManager({
    rootFolder: join(context.folder, 'pki'),
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  let client: OPCUAClient | undefined;
  let session: ClientSession | undefined;
  async function close(): Promise<void> {
    if (session !== undefined) await atMost(session.close(true), CLOSE_MS);
    if (client !== undefined) await atMost(client.disconnect(), CLOSE_MS);
    await atMost(certificates.dispose(), CLOSE_MS);
  }

  try {
    await certificates.initialize();
    certificates.automaticallyAcceptUnknownCertificate = isFirstUse(settings, certificates);
    client = library.OPCUAClient.create({
      applicationName: 'Pumjil',
      applicationUri: `urn:pumjil:${context.id}`,
      clientCertificateManager: certificates,
      securityMode: modeOf(library, settings),
      securityPolicy: library.SecurityPolicy[settings.security.policy],
      endpointMustExist: false,
      // One quick second try; after that the supervisor decides. Once connected the library repairs its channel on its own.
      connectionStrategy: { maxRetry: 1, initialDelay: 100, maxDelay: 1000, randomisationFactor: 0.2 },
      requestedSessionTimeout: Math.max(60_000, settings.bridge_s * 2000),
      // A server with nothing to tell speaks at every fifth publishing interval, or later where it revises that: an idle
      // socket is no lost one. Silence is watched by its own limit, requests by the transaction timeout below.
      transportTimeout: Math.max(settings.timeout_ms, settings.publishing_ms * IDLE_INTERVALS),
      defaultTransactionTimeout: settings.timeout_ms,
      transportSettings: { maxChunkCount: 1024, maxMessageSize: 64 * 1024 * 1024 },
    });
    // `connect` is known not to settle for some broken servers, so the deadline is ours.
    await within(client.connect(settings.endpoint), settings.timeout_ms, context.signal);
    if (certificates.automaticallyAcceptUnknownCertificate) {
      certificates.automaticallyAcceptUnknownCertificate = false;
      context.log.warn({ folder: certificates.trustedFolder }, 'server certificate pinned on first use');
    }
    session = await within(client.createSession(identityOf(library, settings)), settings.timeout_ms, context.signal);
    const namespaces = await within(session.readNamespaceArray(), settings.timeout_ms, context.signal);
    const limits = await within(library.readOperationLimits(session), settings.timeout_ms, context.signal);
    return {
      library,
      client,
      session,
      limits: {
        read: limits.maxNodesPerRead || DEFAULT_LIMIT,
        items: limits.maxMonitoredItemsPerCall || DEFAULT_LIMIT,
      },
      nodeId: (text) => nodeIdOf(text, namespaces, context.id),
      close,
    };
  } catch (error) {
    await close();
    if (isNamedClosed()) throw error;
    throw named(error, settings, context, certificates.rootDir);
  }
}

/** Rejects with a retryable ADAPTER_TIMEOUT when the promise has not settled after `ms`, or with the reason of the abort. */
export function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      release();
      reject(
        new PumjilError('ADAPTER_TIMEOUT', {
          message: `no answer from the OPC UA server within ${ms} ms`,
          hint: 'Raise timeout_ms if the server is slow; look whether another program blocks it.',
          retryable: true,
        }),
      );
    }, ms);
    const onAbort = (): void => {
      release();
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    function release(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
    promise.then(resolve, reject).finally(release);
  });
}

/** Waits for a promise, but not longer than `ms`, and whatever becomes of it. */
async function atMost(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}

function isFirstUse(settings: Settings, certificates: OPCUACertificateManager): boolean {
  return settings.security.trust === 'first_use' && certificates.getTrustedCertificateCount() === 0;
}

function modeOf(library: Library, settings: Settings) {
  const { None, Sign, SignAndEncrypt } = library.MessageSecurityMode;
  return { none: None, sign: Sign, sign_and_encrypt: SignAndEncrypt }[settings.security.mode];
}

function identityOf(library: Library, settings: Settings): UserIdentityInfo {
  if (settings.user === undefined) return { type: library.UserTokenType.Anonymous };
  return { type: library.UserTokenType.UserName, userName: settings.user.name, password: settings.user.password };
}

function nodeIdOf(text: string, namespaces: readonly string[], id: string): string {
  const uri = /^nsu=([^;]+);(.*)$/.exec(text);
  if (uri === null) return text;
  const index = namespaces.indexOf(uri[1] ?? '');
  if (index >= 0) return `ns=${index};${uri[2]}`;
  throw new PumjilError('ADAPTER_ADDRESS', {
    message: `${id}: the server has no namespace ${uri[1]}`,
    hint: `Its namespaces are: ${namespaces.join(', ')}`,
    retryable: true,
  });
}

/** The library writes to the console; what matters comes through errors and states. */
function silence(library: Library): void {
  const quiet = (): void => undefined;
  library.setLogLevel(library.LogLevel.Emergency);
  library.setDebugLogger(quiet);
  library.setWarningLogger(quiet);
  library.setErrorLogger(quiet);
}

function named(error: unknown, settings: Settings, context: Context, pki: string): PumjilError {
  const { id } = context;
  const text = error instanceof Error ? error.message : String(error);
  const what = text.split('\n').join(' ').slice(0, 300);
  const data = { endpoint: settings.endpoint };
  if (error instanceof PumjilError) {
    return new PumjilError(error.code, {
      message: error.message.startsWith(id) ? error.message : `${id}: ${settings.endpoint}: ${error.message}`,
      hint: error.hint,
      retryable: true,
      cause: error,
      data,
    });
  }
  // A connection that breaks while the library fetches the certificate says nothing about the certificate.
  if (/BadCertificate|certificate/i.test(text) && !/ECONN|fail to connect|disconnection/i.test(text)) {
    return new PumjilError('ADAPTER_CREDENTIALS', {
      message: `${id}: the certificate of ${settings.endpoint} is not trusted (${what})`,
      hint: `Compare its thumbprint with the server, then move it from ${join(pki, 'rejected')} to ${join(pki, 'trusted', 'certs')}, or set security.trust: first_use.`,
      retryable: true,
      cause: error,
      data,
    });
  }
  if (/BadUserAccessDenied|BadIdentityToken|BadSecurityChecksFailed|BadSessionIdInvalid.*activate/i.test(text)) {
    return new PumjilError('ADAPTER_CREDENTIALS', {
      message: `${id}: ${settings.endpoint} refused ${settings.user === undefined ? 'an anonymous session' : `user ${settings.user.name}`} (${what})`,
      hint: 'Check user and password, and that the server trusts the certificate of Pumjil (pki/own/certs in the folder of this adapter).',
      retryable: true,
      cause: error,
      data,
    });
  }
  if (/endpoint|SecurityPolicy|security mode/i.test(text) && !/ECONN|connect/i.test(text)) {
    return new PumjilError('ADAPTER_PROTOCOL', {
      message: `${id}: ${settings.endpoint} does not offer ${settings.security.mode} with ${settings.security.policy} (${what})`,
      hint: 'Choose a mode and policy that the server offers; there is no falling back to a weaker one.',
      retryable: true,
      cause: error,
      data,
    });
  }
  return new PumjilError('ADAPTER_UNREACHABLE', {
    message: `${id}: no OPC UA server answers at ${settings.endpoint} (${what})`,
    hint: `Check power, cable, port and firewall, then run: pumjil check --probe ${id}`,
    retryable: true,
    cause: error,
    data,
  });
}
