# Two machines beside this one, as network namespaces on one bridge: each with addresses of its own.
mkdir -p /run/netns
ip link add middle type bridge
ip addr add 10.77.0.1/24 dev middle
ip link set middle up
for node in 1 2; do
    ip netns add vigimel$node
    ip link add to$node type veth peer name eth0 netns vigimel$node
    ip link set to$node master middle up
    ip -n vigimel$node addr add 10.77.0.1$node/24 dev eth0
    ip -n vigimel$node link set eth0 up
    ip -n vigimel$node link set lo up
done
