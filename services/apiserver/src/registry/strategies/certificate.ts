import { isObject } from '@kubelab/api';
import type { Strategy } from '../strategy.js';

/** Who asked for the certificate is what the signer goes by: the server writes it, and nothing of it changes. */
export const certificateStrategy: Strategy = {
  prepareCreate: (object, { name, uid, groups, extra }) => {
    if (!isObject(object.spec)) return;
    const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = object.spec;
    object.spec = {
      ...spec,
      username: name,
      groups: [...groups],
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
    };
  },
  prepareUpdate: (object, old) => {
    object.spec = old.spec;
  },
};
