// Command idle measures the resident memory that idle keep-alive connections cost a server: it
// opens them, sends a request on each, leaves them open, and prints the kilobytes per connection by
// which the memory of the process grew. See .ci/idle.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: idle HOST:PORT PID CONNECTIONS")
	}
	count, err := strconv.Atoi(os.Args[3])
	if err != nil || count < 1 {
		log.Fatalf("invalid number of connections %q", os.Args[3])
	}
	perConnection, err := measure(os.Args[1], os.Args[2], count)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", perConnection)
}

// measure returns the kilobytes per connection.
func measure(address, pid string, count int) (float64, error) {
	if err := open(address, 100, func(net.Conn) {}); err != nil { // what the first requests need once
		return 0, err
	}
	before, err := resident(pid)
	if err != nil {
		return 0, err
	}
	var all []net.Conn
	defer func() {
		for _, c := range all {
			_ = c.Close()
		}
	}()
	if err := open(address, count, func(c net.Conn) { all = append(all, c) }); err != nil {
		return 0, err
	}
	time.Sleep(time.Second) // the server has nothing left to do
	after, err := resident(pid)
	return float64(after-before) / float64(count), err
}

// open opens connections, sends a request on each and reads its response.
func open(address string, count int, use func(net.Conn)) error {
	for range count {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		use(c)
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return err
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("response %s: %w", resp.Status, err)
		}
	}
	return nil
}

// resident returns the resident memory of a process in kilobytes.
func resident(pid string) (int, error) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0, fmt.Errorf("no VmRSS in the status of process %s", pid)
	}
	return strconv.Atoi(fields[0])
}
