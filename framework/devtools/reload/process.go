package reload

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	readyWithin = time.Minute
	endWithin   = 40 * time.Second // longer than a drain
)

// process is a child that serves.
type process struct {
	cmd    *exec.Cmd
	orders *os.File
	live   []string
	gone   chan struct{} // closed when it has ended
}

// start starts a process and returns it once it serves. After an error the process has ended.
func start(ctx context.Context, executable string, o Options, listener *os.File) (*process, error) {
	statusIn, statusOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer statusIn.Close()
	ordersIn, ordersOut, err := os.Pipe()
	if err != nil {
		_ = statusOut.Close()
		return nil, err
	}
	cmd := exec.Command(executable, o.Args...)
	cmd.Stdout, cmd.Stderr = o.Stdout, o.Stderr
	cmd.ExtraFiles = []*os.File{listener, statusOut, ordersIn} // firstFile and the following
	separate(cmd)
	cmd.Env = append(os.Environ(), variable+"=1")
	err = cmd.Start()
	_, _ = statusOut.Close(), ordersIn.Close() // the child has them
	if err != nil {
		_ = ordersOut.Close()
		return nil, err
	}
	p := &process{cmd: cmd, orders: ordersOut, gone: make(chan struct{})}
	go func() { // ends with the process, for which wait waits
		_ = cmd.Wait()
		close(p.gone)
	}()
	said := make(chan status, 1)
	go func() { // ends when the process has spoken or ended, since then the pipe does
		defer close(said)
		if line, err := bufio.NewReader(statusIn).ReadBytes('\n'); err == nil {
			var s status
			if json.Unmarshal(line, &s) == nil {
				said <- s
			}
		}
	}()
	within := time.NewTimer(readyWithin)
	defer within.Stop()
	select {
	case s, ok := <-said:
		if ok {
			p.live = s.Live
			return p, nil
		}
	case <-within.C:
	case <-ctx.Done():
	}
	_ = cmd.Process.Kill()
	<-p.gone
	<-said
	_ = ordersOut.Close()
	if state := cmd.ProcessState; state != nil {
		return nil, &exitError{state.String()}
	}
	return nil, errNotReady
}

type exitError struct{ state string }

func (e *exitError) Error() string { return strings.TrimSpace(e.state) }

// send sends an order. If the process has ended, it does nothing.
func (p *process) send(o order) {
	line, _ := json.Marshal(o)
	_ = p.orders.SetWriteDeadline(time.Now().Add(time.Second)) // one that hangs does not read
	_, _ = p.orders.Write(append(line, '\n'))
}

// stop makes the process finish its requests and end. It does not wait.
func (p *process) stop() {
	p.send(order{Event: eventStop})
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
}

// wait waits until the process has ended, and ends one that takes too long.
func (p *process) wait() {
	within := time.NewTimer(endWithin)
	defer within.Stop()
	select {
	case <-p.gone:
	case <-within.C:
		_ = p.cmd.Process.Kill()
		<-p.gone
	}
	_ = p.orders.Close()
}
