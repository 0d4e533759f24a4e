import type { Container } from '@kubelab/api';
import type { Plugin } from '../framework/contract.js';

const mebibyte = 1024 * 1024;
const thresholdMin = 23 * mebibyte;
const thresholdMaxPerContainer = 1_000 * mebibyte;

/** `web` is `web:latest`; `registry:5000/web` too. */
function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** Nodes that have the images already, the more the larger they are; damped while few nodes have them. */
export function imageLocality(): Plugin {
  return {
    name: 'ImageLocality',
    preScore: ({ pod }, _nodes, snapshot) => {
      const all = snapshot.nodes.length;
      const containers: readonly Container[] = [
        ...(pod.spec?.initContainers ?? []),
        ...(pod.spec?.containers ?? []),
      ];
      const images = containers
        .map(({ image = '' }) => withTag(image))
        .map((image) => ({ image, spread: snapshot.imageNodes(image) / all }))
        .filter(({ spread }) => spread > 0);
      if (images.length === 0) return undefined;
      const thresholdMax = thresholdMaxPerContainer * containers.length;
      return {
        score: (node) => {
          let sum = 0;
          for (const { image, spread } of images) sum += Math.trunc((node.images.get(image) ?? 0) * spread);
          const held = Math.min(thresholdMax, Math.max(thresholdMin, sum));
          return Math.trunc((100 * (held - thresholdMin)) / (thresholdMax - thresholdMin));
        },
      };
    },
  };
}
