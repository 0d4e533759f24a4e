import { createSimulation, type World } from '@kubelab/world';
import t from 'tap';
import { ensurePki } from '../src/index.js';
import {
  generateSigningKeyPem,
  readLegacyClaims,
  readSigningKey,
  readTokenClaims,
  serviceAccountKeys,
  signLegacyToken,
  signToken,
  type TokenClaims,
  verifyJwt,
} from '../src/tokens.js';

const claims: TokenClaims = {
  namespace: 'team',
  serviceAccount: { name: 'runner', uid: 'u' },
  pod: { name: 'p', uid: 'pu' },
  secret: undefined,
  node: { name: 'n', uid: 'nu' },
  audiences: ['api'],
  issuedAt: 1_000,
  expires: 4_600,
  warnAfter: 2_000,
  id: 'j',
};

async function inWorld(body: (world: World) => Promise<void>): Promise<void> {
  const simulation = createSimulation({ seed: 1 });
  let over = false;
  const done = body(simulation.world('host')).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  while (!over) {
    await simulation.run({ untilMs: simulation.nowMs + 1_000, until: () => over });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await done;
}

t.test('what a token claims is what is read of it', (t) => {
  const key = readSigningKey(generateSigningKeyPem());
  const verified = verifyJwt([key], signToken(key, 'https://issuer.example.com', claims));
  t.equal(verified?.iss, 'https://issuer.example.com');
  t.same(readTokenClaims(verified ?? {}), claims);
  t.equal(readTokenClaims({ ...verified, sub: 'system:serviceaccount:team:other' }), undefined);
  t.equal(readTokenClaims({ ...verified, exp: 'never' }), undefined);
  t.equal(readTokenClaims({ ...verified, 'kubernetes.io': {} }), undefined);
  const legacy = { namespace: 'team', secretName: 's', serviceAccount: claims.serviceAccount };
  const old = verifyJwt([key], signLegacyToken(key, legacy));
  t.same(readLegacyClaims(old ?? {}), legacy);
  t.equal(readLegacyClaims(verified ?? {}), undefined);
  t.equal(verifyJwt([readSigningKey(generateSigningKeyPem())], signLegacyToken(key, legacy)), undefined);
  t.end();
});

t.test('a new signing key keeps the former one accepted', async (t) => {
  await inWorld(async (world) => {
    const read = async (name: string) => Buffer.from(await world.disk.readFile(`/pki/${name}`)).toString();
    const keys = async () => serviceAccountKeys(await read('sa.key'), await read('sa.pub'));
    await ensurePki(world, '/pki', []);
    const first = await keys();
    const token = signToken(first.signingKey, 'i', claims);
    await ensurePki(world, '/pki', []);
    t.same(
      (await keys()).publicKeys.map(({ kid }) => kid),
      [first.signingKey.kid],
      'a start changes nothing',
    );
    await world.disk.remove('/pki/sa.key');
    await ensurePki(world, '/pki', []);
    const second = await keys();
    t.not(second.signingKey.kid, first.signingKey.kid);
    t.same(
      second.publicKeys.map(({ kid }) => kid),
      [second.signingKey.kid, first.signingKey.kid],
    );
    t.ok(verifyJwt(second.publicKeys, token), 'what it signed is good until it expires');
    t.match(await read('sa.pub'), /^-----BEGIN PUBLIC KEY-----/);
  });
});

t.test('a key of another kind is refused', (t) => {
  t.throws(() => readSigningKey('no key'));
  t.end();
});
