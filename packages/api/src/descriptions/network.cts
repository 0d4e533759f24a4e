/** networking, discovery, coordination and events. The form: texts.ts. */
module.exports = `
@ networking.v1
Ingress: Rules by which HTTP from outside reaches Services. An ingress controller has to carry them out.
IngressSpec: Which requests go to which Service.
  defaultBackend: Where requests go that no rule matches. At least this or a rule is needed.
  ingressClassName: The IngressClass, and so the controller, that carries it out. Default: the class marked as
      default.
  rules: Hosts and paths. Unset: all goes to the defaultBackend.
  tls: Certificates for hosts, on port 443. The host of the handshake (SNI) chooses.
IngressTLS: A certificate for hosts.
  hosts: The hosts that the certificate is for; they should be in it.
  secretName: Secret with tls.crt and tls.key.
IngressRule: Paths of one host.
  host: The host of the request, without port: a DNS name, or *. and a name for exactly one label before it.
      Empty: any.
  http: Paths and where they go. Unset: all to the defaultBackend.
HTTPIngressRuleValue: Paths of a host.
  paths: The longest that matches wins; of equally long ones an exact one.
HTTPIngressPath: A path and where it goes.
  backend: The Service or resource for it.
  path: Begins with /. Required for Exact and Prefix.
  pathType: Exact: this path; Prefix: it and all below, by whole segments; ImplementationSpecific: as the
      controller has it.
IngressBackend: A Service or a resource; exactly one is set.
  resource: An object of the namespace, such as a bucket, that the controller knows.
  service: A Service of the namespace.
IngressServiceBackend: A port of a Service.
  name: The Service.
  port: Its port, by name or number.
ServiceBackendPort: A port of a Service; exactly one is set.
  name: The name of the port.
  number: The number of the port, 1 to 65535.
IngressStatus: How an Ingress is doing.
  loadBalancer: Where it is reached.
IngressLoadBalancerStatus: Where an Ingress is reached.
  ingress: Its addresses.
IngressLoadBalancerIngress: An address of an Ingress: by IP or by name.
  hostname: Name, for balancers that are reached by DNS.
  ip: Address, for balancers that are reached by IP.
  ports: Its ports and their errors.
IngressPortStatus: A port of an address.
  error: Why the port cannot be served, as a CamelCase word or domain/word.
  port: The port's number.
  protocol: TCP, UDP or SCTP.
IngressClass: Which controller carries out the Ingresses of a class. The annotation
      ingressclass.kubernetes.io/is-default-class makes it the default.
IngressClassSpec: The controller and its settings.
  controller: Name of the controller, as domain/path. Cannot be changed.
  parameters: Object with settings for the controller.
IngressClassParametersReference:
  apiGroup: API group of the object; empty for the core group.
  kind: The kind of the object.
  name: The object's name.
  namespace: The namespace of the object; required with scope Namespace, else refused.
  scope: Cluster (default) or Namespace.
NetworkPolicy: Which traffic may reach and leave the pods of a selection. Policies add up: what any allows is
      allowed.
NetworkPolicySpec: Which pods, and which traffic.
  egress: Traffic that may leave; one rule that matches is enough. With policyTypes Egress and no rule: none.
  ingress: Traffic that may come in; one rule that matches is enough. With policyTypes Ingress and no rule:
      none.
  podSelector: Pods of the namespace that it is for. Empty: all.
  policyTypes: Ingress, Egress or both: for what the pods are closed unless allowed. Default: Ingress, and
      Egress if there are egress rules.
NetworkPolicyIngressRule: Traffic that may come in: from and ports must both match.
  from: Where it comes from; one match is enough. Empty: anywhere.
  ports: The ports of the pods; one match is enough. Empty: all.
NetworkPolicyEgressRule: Traffic that may leave: to and ports must both match.
  ports: The ports of the other side; one match is enough. Empty: all.
  to: Where it goes; one match is enough. Empty: anywhere.
NetworkPolicyPeer: The other side: a range, or pods. An ipBlock allows no selectors.
  ipBlock: A range of addresses, usually outside the cluster.
  namespaceSelector: Pods of namespaces with these labels; with podSelector both must match. Empty: all
      namespaces.
  podSelector: Pods with these labels, in the policy's namespace unless there is a namespaceSelector. Empty:
      all.
IPBlock:
  cidr: The range, such as 192.168.1.0/24 or 2001:db8::/64.
  except: Ranges within it that are left out.
NetworkPolicyPort: A port, or several.
  endPort: Last port of a range that begins with port, which must be a number not above it. At most 65535.
  port: Number, or name of a port of the pods. Unset: all ports of the protocol.
  protocol: TCP (default), UDP or SCTP.
IPAddress: An address that a Service has taken. Its name is the address in canonical form.
IPAddressSpec: What has the address.
  parentRef: The object, usually a Service, that has the address. Required. Cannot be changed.
ParentReference:
  group: API group of the object; empty for the core group.
  name: The object's name.
  namespace: The namespace of the object.
  resource: The resource of the object, such as services.
ServiceCIDR: Ranges that addresses of Services come from.
ServiceCIDRSpec: The ranges.
  cidrs: One range, or one per IP family. A range of the other family may be added later; nothing else can be
      changed.
ServiceCIDRStatus: Whether the ranges can be used.
  conditions: Ready, unless the ranges clash or are being deleted while addresses are still taken.

@ discovery.v1
EndpointSlice: A part of the addresses behind a Service; the label kubernetes.io/service-name says which. At
      most 1000 endpoints, 100 when the controller makes it.
  addressType: IPv4, IPv6 or FQDN, for all addresses in it. Cannot be changed.
  endpoints: The endpoints, at most 1000.
  ports: The ports that each endpoint has. Empty: none is known.
Endpoint: One endpoint, usually a pod.
  addresses: The addresses of one and the same endpoint, 1 to 100; only the first is used.
  conditions: Whether it takes traffic.
  deprecatedTopology: Old form of node and zone, from v1beta1. Cannot be set.
  hints: Who should use it first.
  hostname: Its name in DNS, for headless Services; a DNS label.
  nodeName: Node that it is on.
  targetRef: The pod (or other object) behind it.
  zone: The zone that it is in.
EndpointConditions:
  ready: Whether new connections should go there: serving and not terminating, or publishNotReadyAddresses.
      Unset counts as true.
  serving: As its readiness probe says, even while it is being deleted. Unset: as ready.
  terminating: Whether it is being deleted. Unset counts as false.
EndpointHints:
  forNodes: Nodes that should use it, at most 8.
  forZones: Zones that should use it, at most 8.
ForNode: A node that should use an endpoint.
  name: The node.
ForZone: A zone that should use an endpoint.
  name: The zone.
EndpointPort: A port of an endpoint.
  appProtocol: What is spoken on it, as an IANA name or domain/name such as kubernetes.io/h2c.
  name: As the Service names the port; unique in the slice, empty allowed once.
  port: The port's number. Unset: who reads it must know.
  protocol: TCP (default), UDP or SCTP.

@ coordination.v1
Lease: Who holds something, renewed while they do: leaders, and nodes that are alive (namespace
      kube-node-lease).
LeaseSpec: The holder and the times.
  acquireTime: When the present holder took it.
  holderIdentity: Who holds it; empty if nobody does.
  leaseDurationSeconds: Seconds after renewTime when others may take it. Greater than 0.
  leaseTransitions: How often the holder has changed.
  preferredHolder: To whom the holder should hand it over. Only with strategy.
  renewTime: When the holder last renewed it.
  strategy: How the leader is chosen in coordinated election, such as OldestEmulationVersion. Unset: none.

@ events.v1
Event: Something that happened to an object, told by a component. Kept for an hour by default, and no proof of
      anything.
  action: What was done or failed, as one word, at most 128 characters.
  deprecatedCount: How often, as older components tell it.
  deprecatedFirstTimestamp: When first, as older components tell it.
  deprecatedLastTimestamp: When last, as older components tell it.
  deprecatedSource: Who reports it, as older components tell it.
  eventTime: When it was first seen. Required.
  note: What happened, for people; at most 1 kB.
  reason: Why, as one word, at most 128 characters.
  regarding: The object it is about.
  related: A second object that plays a part.
  reportingController: Who reports it, as domain/name. Required.
  reportingInstance: Which instance of it, at most 128 characters. Required.
  series: Set when it goes on happening.
  type: Normal or Warning.
EventSeries: Repetitions of an event.
  count: How often up to the last time.
  lastObservedTime: When it last happened.
`;
