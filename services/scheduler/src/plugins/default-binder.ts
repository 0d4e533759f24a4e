import { ApiError } from '@kubelab/api';
import type { Handle, Plugin } from '../framework/contract.js';
import { failure } from '../framework/status.js';

const name = 'DefaultBinder';

/** POST pods/NAME/binding. */
export function defaultBinder({ actions }: Pick<Handle, 'actions'>): Plugin {
  return {
    name,
    bind: async (info, nodeName) => {
      try {
        await actions.bind(info, nodeName);
        return 'bound';
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return failure(name, error.message);
      }
    },
  };
}
