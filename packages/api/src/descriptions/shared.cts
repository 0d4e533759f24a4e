/** Fields that mean the same in every type that has none of its own; *List: in lists. The form: texts.ts. */
module.exports = `
@ *
*:
  apiVersion: Group and version that the object is written in, as group/version; the core group is v1 alone.
      The server converts from and to the version it stores.
  kind: What the object is, in CamelCase. It cannot be changed.
  metadata: Name, namespace, labels, owners and bookkeeping that all objects have alike.
  spec: What is wanted. Whoever writes it sets a goal; controllers work towards it and report in the status,
      where there is one.
  status: What has been found or done, written by controllers through the status subresource; ignored in
      writes to the object itself.
  conditions: What holds of the object right now, at most one entry per type. Wait for one with kubectl wait
      --for=condition=TYPE.
  lastTransitionTime: When the condition's status last changed. A new message or reason alone leaves it as it
      is.
  observedGeneration: The metadata.generation that this report is about; when it is lower, the latest change
      of the spec has not been seen yet.
  message: Details for people to read. Programs should look at the reason instead; this text may change.
  reason: Why, as one CamelCase word for programs.
  fsType: File system to mount, and to create if the volume is empty, such as ext4 or xfs. What an empty value
      means is up to the driver, usually ext4.
  readOnly: True to forbid writes to the volume. Default false.
  optional: True to go on without it when it is missing; otherwise the container waits until it exists.
      Default false.
*List: Objects of one kind, and the state of the cluster that they show.
  metadata: State that the list shows, and how to get the rest of it if it was limited.
  items: The objects of the list, in order of namespace and name.
`;
