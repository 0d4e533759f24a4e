/** Devices and claims for them (DRA). The form: texts.ts. */
module.exports = `
@ resource.v1
DeviceClass: A sort of device, and how such devices are chosen and set up.
DeviceClassSpec: Which devices, and their settings.
  config: Settings for the drivers of such devices, at most 32. Changes affect later allocations only.
  extendedResourceName: Extended resource that pods may request in place of a claim, such as example.com/gpu.
  selectors: Expressions that a device must all satisfy, at most 32.
DeviceClassConfiguration:
  opaque: Settings that only the driver understands.
DeviceSelector:
  cel: An expression on the device.
CELDeviceSelector:
  expression: CEL over device.driver, device.attributes and device.capacity that gives true or false; at most
      10 KiB. An error stops the allocation.
OpaqueDeviceConfiguration: A driver and settings for it, passed on unread.
  driver: The driver's name.
  parameters: The settings, an object with kind and apiVersion; at most 10 KiB.
ResourceClaim: Asks for devices; pods that name it run where these are.
ResourceClaimSpec: What is asked for. Cannot be changed.
  devices: The devices.
DeviceClaim: Devices that are asked for.
  config: Settings for the drivers, at most 32.
  constraints: What the devices must have in common or not, at most 32.
  requests: What is asked for, all of which must be satisfied; at most 32.
DeviceClaimConfiguration: Settings for requests of a claim.
  opaque: Settings that only the driver understands.
  requests: The requests they are for. Empty: all.
DeviceConstraint: What devices of several requests must have in common. Exactly one of matchAttribute and
      distinctAttribute.
  distinctAttribute: Attribute in which all devices must differ, as domain/name.
  matchAttribute: Attribute in which all devices must agree, as domain/name. Devices without it do not fit.
  requests: The requests it is for. Empty: all.
DeviceRequest: A request for devices: exactly this, or the first of several that can be had.
  exactly: What must be had.
  firstAvailable: Alternatives in order of preference, at most 8.
  name: A DNS label, unique in the claim; containers and constraints refer to it.
ExactDeviceRequest, DeviceSubRequest:
  allocationMode: ExactCount (default): as many as count; All: every device that fits in a pool, at least one.
  capacity: How much of a shared device is wanted. Devices that have less do not fit.
  count: How many devices, with ExactCount. Default 1.
  deviceClassName: Class of the devices.
  selectors: Expressions that a device must satisfy besides those of the class, at most 32.
  tolerations: Taints of devices that are put up with, at most 16.
ExactDeviceRequest: Devices that must be had.
  adminAccess: True to get devices, for monitoring, even if others use them. Only in namespaces labelled for
      it. Default false.
DeviceSubRequest: One of several alternatives.
  name: A DNS label, unique in the request; referred to as REQUEST/NAME.
CapacityRequirements:
  requests: Amounts by the device's capacity; rounded up as its policy says.
DeviceToleration: A taint of a device that is put up with.
  effect: NoSchedule, NoExecute or None. Empty: all.
  key: The taint's key. Empty, with operator Exists: every taint.
  operator: Equal (default): key and value must match; Exists: the key alone.
  tolerationSeconds: Seconds that a NoExecute taint is put up with. Unset: forever; 0 or less: not at all.
  value: The taint's value; must be empty with Exists.
DeviceTaint: Keeps claims off a device unless they tolerate it.
  effect: NoSchedule: no new allocations; NoExecute: pods that use it are evicted; None: only information.
  key: A qualified name.
  timeAdded: When it was added; filled in by the server.
  value: Text that a toleration may have to match.
ResourceClaimStatus: What the claim has got.
  allocation: The devices; unset while there are none.
  devices: What drivers report on each device.
  reservedFor: Who may use the claim now, usually pods; at most 256. While one is left it is not deallocated.
ResourceClaimConsumerReference: Who uses a claim.
  apiGroup: API group of the user; empty for the core group.
  name: The user's name.
  resource: The resource of the user, such as pods.
  uid: Identity of the user.
AllocationResult: Devices that a claim has got.
  allocationTimestamp: When it got them.
  devices: The devices and their settings.
  nodeSelector: Nodes where they can be used. Unset: all.
DeviceAllocationResult:
  config: Settings from the class and the claim, in that order.
  results: The devices.
DeviceAllocationConfiguration: Settings for requests.
  opaque: Settings that only the driver understands.
  requests: The requests they are for. Empty: all.
  source: FromClass or FromClaim: where they come from.
DeviceRequestAllocationResult: One device for one request.
  adminAccess: Whether it was got for monitoring, beside other users.
  bindingConditions: Conditions of the device that must be True before the pod is bound, at most 4.
  bindingFailureConditions: Conditions of the device of which one being True fails the allocation, at most 4.
  consumedCapacity: How much of the device it takes, for shared devices.
  device: Name of the device in its pool.
  driver: The driver's name.
  pool: The pool of the device.
  request: The request it is for; REQUEST/NAME for an alternative.
  shareID: Tells apart several allocations of one shared device.
  tolerations: The tolerations of the request when it was allocated.
AllocatedDeviceStatus: What a driver reports on a device of the claim.
  data: Anything the driver wants to tell; at most 10 KiB.
  device: Name of the device in its pool.
  driver: The driver's name.
  networkData: About a network device.
  pool: The pool of the device.
  shareID: Tells apart several allocations of one shared device.
NetworkDeviceData: A network interface in the pod.
  hardwareAddress: Hardware address, such as a MAC; at most 128 characters.
  interfaceName: Name of the interface in the pod.
  ips: Addresses with prefix length, such as 192.0.2.5/24; at most 16.
ResourceClaimTemplate: A claim to be made for each pod that names the template.
ResourceClaimTemplateSpec: The claim to make. Cannot be changed.
  metadata: Labels and annotations for the claim.
  spec: What the claim asks for.
ResourceSlice: Devices that a driver offers on a node or in a pool.
ResourceSliceSpec: The devices and where they can be used. One of allNodes, nodeName, nodeSelector and
      perDeviceNodeSelection.
  allNodes: True if all nodes can use them.
  devices: The devices, at most 128; 64 if any has taints or counters.
  driver: The driver's name, a DNS name. Cannot be changed.
  nodeName: Node that has them. Cannot be changed.
  nodeSelector: Nodes that can use them.
  perDeviceNodeSelection: True if each device says where it can be used.
  pool: The pool that the slice belongs to.
  sharedCounters: Counters that devices of the pool share, at most 8. A slice has counters or devices.
ResourcePool: Devices that are managed together, in one or more slices.
  generation: Counts changes; only slices with the highest number are valid.
  name: The pool's name, often that of the node. Cannot be changed.
  resourceSliceCount: How many slices of this generation there are; until all are there the pool is
      incomplete.
CounterSet:
  counters: The counters by name, at most 32.
  name: A DNS label, unique in the pool.
Counter: An amount that is shared.
  value: How much there is, or how much is taken.
Device: One device.
  allNodes: True if all nodes can use it. Only with perDeviceNodeSelection.
  allowMultipleAllocations: True if several claims may share it. Default false.
  attributes: Properties by name, as domain/name or short for the driver's own; at most 32 with the
      capacities.
  bindingConditions: Conditions that must be True, in the claim's status, before a pod is bound; at most 4.
  bindingFailureConditions: Conditions of which one being True fails the allocation, at most 4.
  bindsToNode: True to use it only on the node it was allocated for. Default false.
  capacity: Amounts by name, such as memory.
  consumesCounters: What it takes from shared counters when it is allocated, at most 2 sets.
  name: A DNS label, unique in the pool.
  nodeAllocatableResourceMappings: Resources of the node, such as cpu, that the device stands for, by
      resource.
  nodeName: Node that has it. Only with perDeviceNodeSelection.
  nodeSelector: Nodes that can use it. Only with perDeviceNodeSelection.
  taints: The taints of the device, at most 16.
DeviceAttribute: A property of a device; exactly one is set.
  bool: True or false.
  bools: Several of these.
  int: A whole number.
  ints: Several of these.
  string: A text, at most 64 characters.
  strings: Several of these.
  version: A semantic version, at most 64 characters.
  versions: Several of these.
DeviceCapacity: An amount that a device has.
  requestPolicy: How the amount is shared out. Unset: a request must not exceed it, and takes all of it if
      none is made.
  value: How much there is.
CapacityRequestPolicy: How an amount is shared out. Either validRange or validValues.
  default: What a claim takes that asks for none.
  validRange: Amounts that may be taken, as a range; requests are rounded up to a step.
  validValues: Amounts that may be taken, ascending, at most 10; requests are rounded up to the next.
CapacityRequestPolicyRange:
  max: The most that may be taken. Default: all.
  min: The least that may be taken; less is rounded up to it.
  step: Amounts are min plus multiples of this.
DeviceCounterConsumption: What a device takes from a set of counters.
  counterSet: The set.
  counters: Amounts by counter, at most 32.
NodeAllocatableResourceMapping:
  allocationMultiplier: Amount of the resource per device, or per unit of the capacity. Default 1.
  capacityKey: The device's capacity that counts. Unset: the device itself.
`;
