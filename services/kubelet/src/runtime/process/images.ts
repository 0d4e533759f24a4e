import { DiskError, type World } from '@kubelab/world';

/**
 * An image of the catalogue: `images/NAME/image.json`. `${IMAGE_DIR}` and `${NODE}` in it are the image's
 * folder and this Node.js.
 */
export interface Image {
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
}

/** `docker.io/library/busybox:1.36` -> `busybox`: the catalogue knows names, not registries or tags. */
export function imageName(reference: string): string {
  const [withoutDigest = ''] = reference.split('@');
  const lastSlash = withoutDigest.lastIndexOf('/');
  const colon = withoutDigest.indexOf(':', lastSlash + 1);
  const name = colon < 0 ? withoutDigest : withoutDigest.slice(0, colon);
  return name.replace(/^(docker\.io|index\.docker\.io)\//, '').replace(/^library\//, '');
}

export class ImageCatalogue {
  readonly #world: World;
  readonly #directory: string;
  readonly #node: string;

  constructor(world: World, options: { readonly directory: string; readonly node: string }) {
    this.#world = world;
    this.#directory = options.directory;
    this.#node = options.node;
  }

  /** Undefined when there is none of that name. Rejects when its description cannot be read. */
  async find(reference: string): Promise<Image | undefined> {
    const name = imageName(reference);
    if (!/^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(name)) return undefined;
    const folder = `${this.#directory}/${name}`;
    let text: string;
    try {
      text = new TextDecoder().decode(await this.#world.disk.readFile(`${folder}/image.json`));
    } catch (error) {
      if (error instanceof DiskError && (error.code === 'notFound' || error.code === 'notDirectory'))
        return undefined;
      throw error;
    }
    const expand = (value: string) =>
      value.replace(/\$\{IMAGE_DIR\}/g, folder).replace(/\$\{NODE\}/g, this.#node);
    return parseImage(JSON.parse(text), `${folder}/image.json`, expand);
  }
}

function parseImage(value: unknown, path: string, expand: (text: string) => string): Image {
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  const entrypoint = field('entrypoint');
  const env = field('env') ?? {};
  if (!Array.isArray(entrypoint) || typeof env !== 'object' || env === null)
    throw new Error(`${path} is no image: entrypoint must be a list, env an object`);
  return {
    entrypoint: entrypoint.map((part) => expand(String(part))),
    env: Object.fromEntries(Object.entries(env).map(([key, text]) => [key, expand(String(text))])),
    workingDir: expand(String(field('workingDir') ?? '')),
  };
}
