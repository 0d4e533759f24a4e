// Drives a real etcd the way src/store/driver-main.ts drives kubelab: the same jobs, the same loops, the same report.
// Built by src/store/etcd-cluster.ts against Debian's golang-etcd-server-dev (etcd 3.4).
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/clientv3"
)

type job struct {
	Endpoints   []string `json:"endpoints"`
	CaFile      string   `json:"caFile"`
	CertFile    string   `json:"certFile"`
	KeyFile     string   `json:"keyFile"`
	Operation   string   `json:"operation"`
	Clients     int      `json:"clients"`
	Connections int      `json:"connections"`
	Seconds     float64  `json:"seconds"`
	WarmUp      float64  `json:"warmUpSeconds"`
	ValueBytes  int      `json:"valueBytes"`
	Keys        int      `json:"keys"`
}

type report struct {
	Operations int64   `json:"operations"`
	Seconds    float64 `json:"seconds"`
	P50        float64 `json:"p50Ms"`
	P99        float64 `json:"p99Ms"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func connect(j job) *clientv3.Client {
	config := clientv3.Config{Endpoints: j.Endpoints, DialTimeout: 5 * time.Second}
	if j.CaFile != "" {
		certificate, err := tls.LoadX509KeyPair(j.CertFile, j.KeyFile)
		must(err)
		pem, err := ioutil.ReadFile(j.CaFile)
		must(err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		config.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: pool}
	}
	client, err := clientv3.New(config)
	must(err)
	return client
}

func key(j job, n int64) string { return fmt.Sprintf("bench/%08d", n%int64(j.Keys)) }

// One operation of the n-th call.
func operate(j job, client *clientv3.Client, value string, n int64, lease clientv3.LeaseID) error {
	ctx := context.Background()
	var err error
	switch j.Operation {
	case "put":
		_, err = client.Put(ctx, key(j, n), value)
	case "get":
		_, err = client.Get(ctx, key(j, n))
	case "serializableGet":
		_, err = client.Get(ctx, key(j, n), clientv3.WithSerializable())
	case "range":
		_, err = client.Get(ctx, "bench/", clientv3.WithPrefix(), clientv3.WithLimit(1000))
	case "txn":
		_, err = client.Txn(ctx).
			If(clientv3.Compare(clientv3.Version(key(j, n)), ">", -1)).
			Then(clientv3.OpPut(key(j, n), value)).
			Else(clientv3.OpGet(key(j, n))).Commit()
	case "keepAlive":
		_, err = client.KeepAliveOnce(ctx, lease)
	default:
		err = fmt.Errorf("no operation %s", j.Operation)
	}
	return err
}

func loops(j job, clients []*clientv3.Client) report {
	value := strings.Repeat("v", j.ValueBytes)
	leases := make([]clientv3.LeaseID, j.Clients)
	if j.Operation == "keepAlive" {
		for i := range leases {
			granted, err := clients[i%len(clients)].Grant(context.Background(), 3600)
			must(err)
			leases[i] = granted.ID
		}
	}
	var next int64
	// Connected before the clock runs.
	var connected sync.WaitGroup
	for i := 0; i < j.Clients; i++ {
		connected.Add(1)
		go func(i int) {
			defer connected.Done()
			must(operate(j, clients[i%len(clients)], value, atomic.AddInt64(&next, 1), leases[i]))
		}(i)
	}
	connected.Wait()
	start := time.Now()
	from := start.Add(time.Duration(j.WarmUp * float64(time.Second)))
	until := from.Add(time.Duration(j.Seconds * float64(time.Second)))
	latencies := make([][]float64, j.Clients)
	var group sync.WaitGroup
	for i := 0; i < j.Clients; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			client := clients[i%len(clients)]
			for {
				began := time.Now()
				if began.After(until) {
					return
				}
				must(operate(j, client, value, atomic.AddInt64(&next, 1), leases[i]))
				if began.After(from) {
					latencies[i] = append(latencies[i], float64(time.Since(began))/1e6)
				}
			}
		}(i)
	}
	group.Wait()
	return summary(latencies, time.Since(from).Seconds())
}

func summary(latencies [][]float64, seconds float64) report {
	all := []float64{}
	for _, some := range latencies {
		all = append(all, some...)
	}
	sort.Float64s(all)
	at := func(q float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return all[int(q*float64(len(all)-1))]
	}
	return report{int64(len(all)), seconds, at(0.5), at(0.99)}
}

// Every watcher sees every put under its prefix; events are what all watchers together received.
func watch(j job, clients []*clientv3.Client) report {
	var received int64
	var ready sync.WaitGroup
	for i := 0; i < j.Clients; i++ {
		ready.Add(1)
		go func(i int) {
			channel := clients[i%len(clients)].Watch(context.Background(), "watched/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
			first := true
			for response := range channel {
				if first {
					ready.Done()
					first = false
				}
				atomic.AddInt64(&received, int64(len(response.Events)))
			}
		}(i)
	}
	ready.Wait()
	writer := connect(j)
	value := strings.Repeat("v", j.ValueBytes)
	start := time.Now()
	from := start.Add(time.Duration(j.WarmUp * float64(time.Second)))
	until := from.Add(time.Duration(j.Seconds * float64(time.Second)))
	var puts, before int64
	for n := int64(0); time.Now().Before(until); n++ {
		if before == 0 && time.Now().After(from) {
			before = atomic.LoadInt64(&received) + 1
		}
		// No more than a hundred puts ahead of the slowest count: the rate is the watchers', not the writer's.
		for puts-atomic.LoadInt64(&received)/int64(j.Clients) > 100 && time.Now().Before(until) {
			time.Sleep(100 * time.Microsecond)
		}
		_, err := writer.Put(context.Background(), fmt.Sprintf("watched/%d", n%100), value)
		must(err)
		puts++
	}
	return report{atomic.LoadInt64(&received) - before + 1, time.Since(from).Seconds(), 0, 0}
}

func fill(j job, clients []*clientv3.Client) report {
	value := strings.Repeat("v", j.ValueBytes)
	var next int64 = -1
	start := time.Now()
	var group sync.WaitGroup
	for i := 0; i < j.Clients; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			for {
				first := atomic.AddInt64(&next, 1) * 100
				if first >= int64(j.Keys) {
					return
				}
				puts := []clientv3.Op{}
				for n := first; n < first+100 && n < int64(j.Keys); n++ {
					puts = append(puts, clientv3.OpPut(key(j, n), value))
				}
				_, err := clients[i%len(clients)].Txn(context.Background()).Then(puts...).Commit()
				must(err)
			}
		}(i)
	}
	group.Wait()
	return report{int64(j.Keys), time.Since(start).Seconds(), 0, 0}
}

// Writes on, through whatever befalls the cluster; the longest time without an acknowledged write.
func longestGap(j job, clients []*clientv3.Client) report {
	end := time.Now().Add(time.Duration(j.Seconds * float64(time.Second)))
	last, gap, done := time.Now(), time.Duration(0), int64(0)
	for time.Now().Before(end) {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		_, err := clients[0].Put(ctx, "gap", fmt.Sprint(done))
		cancel()
		if err != nil {
			continue
		}
		if since := time.Since(last); done > 0 && since > gap {
			gap = since
		}
		last = time.Now()
		done++
	}
	return report{done, j.Seconds, float64(gap) / 1e6, float64(gap) / 1e6}
}

// Tries to write until it succeeds; says when that was, ms since 1970.
func untilWritten(clients []*clientv3.Client) report {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		_, err := clients[0].Put(ctx, "probe", "v")
		cancel()
		if err == nil {
			now := float64(time.Now().UnixNano()) / 1e6
			return report{1, 0, now, now}
		}
	}
}

func main() {
	var j job
	must(json.Unmarshal([]byte(os.Args[1]), &j))
	clients := []*clientv3.Client{}
	for i := 0; i < j.Connections; i++ {
		clients = append(clients, connect(j))
	}
	var r report
	switch j.Operation {
	case "watch":
		r = watch(j, clients)
	case "fill":
		r = fill(j, clients)
	case "longestGap":
		r = longestGap(j, clients)
	case "untilWritten":
		r = untilWritten(clients)
	default:
		r = loops(j, clients)
	}
	must(json.NewEncoder(os.Stdout).Encode(r))
	os.Exit(0)
}
