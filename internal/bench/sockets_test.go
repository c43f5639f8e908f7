package bench

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	"github.com/lxzan/gws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
)

// socketApp is an application with an echo, and a view that follows a topic.
func socketApp(t testing.TB, hub *topics.Hub) http.Handler {
	config := framework.New(framework.Options{})
	config.AddView(websocket.On(func(r *web.Request, _ any, conn *websocket.Conn) error {
		for {
			m, err := conn.Read(r.Context())
			if err == nil {
				err = conn.Write(r.Context(), m)
			}
			if err != nil {
				return err
			}
		}
	}, websocket.Options{Compression: true, MaxMessage: 1 << 20}), views.Name("echo"))
	config.AddView(websocket.On(func(r *web.Request, _ any, conn *websocket.Conn) error {
		sub, err := hub.Subscribe("/room", "")
		if err != nil {
			return err
		}
		defer sub.Close()
		if err := conn.Write(r.Context(), websocket.Text("ready")); err != nil {
			return err
		}
		return conn.Follow(r.Context(), sub, nil)
	}, websocket.Options{}), views.Name("follow"))
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// bareEcho is the echo of coder/websocket on net/http.
func bareEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := coder.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx := context.Background()
	for {
		kind, data, err := conn.Read(ctx)
		if err == nil {
			err = conn.Write(ctx, kind, data)
		}
		if err != nil {
			return
		}
	}
}

func dialSocket(t testing.TB, server *httptest.Server, path string) *coder.Conn {
	conn, _, err := coder.Dial(context.Background(), strings.Replace(server.URL, "http", "ws", 1)+path, nil)
	require.NoError(t, err)
	return conn
}

func exchange(t testing.TB, conn *coder.Conn, m []byte) {
	if err := conn.Write(context.Background(), coder.MessageText, m); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.Read(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkSocketEcho sends a message of 100 bytes and waits for it, on ten sockets each of ours and
// of bare coder/websocket, in alternating rounds. "ratio" is how many times as many messages ours
// sends in the same time.
func BenchmarkSocketEcho(b *testing.B) {
	ours := httptest.NewServer(socketApp(b, nil))
	defer ours.Close()
	bare := httptest.NewServer(http.HandlerFunc(bareEcho))
	defer bare.Close()
	m := []byte(strings.Repeat("x", 100))
	const sockets, each = 10, 200
	var conns [2][]*coder.Conn
	for range sockets {
		conns[0] = append(conns[0], dialSocket(b, ours, "/echo"))
		conns[1] = append(conns[1], dialSocket(b, bare, "/"))
	}
	var spent [2]time.Duration
	round := func(who int) {
		begun := time.Now()
		var all sync.WaitGroup
		for _, conn := range conns[who] {
			all.Go(func() {
				for range each {
					exchange(b, conn, m)
				}
			})
		}
		all.Wait()
		spent[who] += time.Since(begun)
	}
	round(0)
	round(1)
	spent = [2]time.Duration{}
	n := 0
	for b.Loop() {
		round(n % 2)
		round(1 - n%2)
		n++
	}
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "ratio")
	b.ReportMetric(float64(n*sockets*each)/spent[0].Seconds(), "msg/s")
	for _, conn := range append(conns[0], conns[1]...) {
		_ = conn.CloseNow()
	}
}

// BenchmarkSocketHandshake opens and closes a socket; "ratio" is how many times as many handshakes.
func BenchmarkSocketHandshake(b *testing.B) {
	ours := httptest.NewServer(socketApp(b, nil))
	defer ours.Close()
	bare := httptest.NewServer(http.HandlerFunc(bareEcho))
	defer bare.Close()
	var spent [2]time.Duration
	round := func(who int, server *httptest.Server, path string) {
		begun := time.Now()
		for range 50 {
			_ = dialSocket(b, server, path).CloseNow()
		}
		spent[who] += time.Since(begun)
	}
	n := 0
	for b.Loop() {
		round(0, ours, "/echo")
		round(1, bare, "/")
		n++
	}
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "ratio")
	b.ReportMetric(float64(spent[0].Microseconds())/float64(50*n), "µs/handshake")
}

// BenchmarkSocketMemory reports the memory of an idle socket, heap and stack, and its ratio to that of
// bare coder/websocket. The clients are bare connections, whose cost is in both.
func BenchmarkSocketMemory(b *testing.B) {
	const sockets = 2000
	measure := func(h http.Handler, path string) float64 {
		server := httptest.NewServer(h)
		defer server.Close()
		used := func() float64 {
			runtime.GC()
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc + m.StackInuse)
		}
		before := used()
		var conns []net.Conn
		for range sockets {
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(b, err)
			_, err = conn.Write([]byte("GET " + path + " HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
			require.NoError(b, err)
			_, err = conn.Read(make([]byte, 1024))
			require.NoError(b, err)
			conns = append(conns, conn)
		}
		time.Sleep(300 * time.Millisecond)
		each := (used() - before) / sockets
		for _, conn := range conns {
			_ = conn.Close()
		}
		return each
	}
	var ours, bare float64
	for b.Loop() {
		if bare == 0 { // later rounds would reuse the stacks of the first
			bare = measure(http.HandlerFunc(bareEcho), "/")
			ours = measure(socketApp(b, nil), "/echo")
		}
	}
	b.ReportMetric(ours, "B/socket")
	b.ReportMetric(ours/bare, "ratio")
}

// bareFanOut sends to all sockets of bare coder/websocket.
type bareFanOut struct {
	mu      sync.Mutex // guards both
	conns   []*coder.Conn
	changed chan struct{}

	message []byte
	over    chan struct{}
}

// loop leaves the writing to whoever has conns.
func (f *bareFanOut) loop(w http.ResponseWriter, r *http.Request) {
	if conn := f.accept(w, r); conn != nil {
		defer conn.CloseNow()
		<-f.over
	}
}

// each writes from the goroutine of the socket, so that a slow client holds up nobody else.
func (f *bareFanOut) each(w http.ResponseWriter, r *http.Request) {
	conn := f.accept(w, r)
	if conn == nil {
		return
	}
	defer conn.CloseNow()
	for {
		f.mu.Lock()
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-changed:
		case <-f.over:
			return
		}
		_ = conn.Write(context.Background(), coder.MessageText, f.message)
	}
}

func (f *bareFanOut) accept(w http.ResponseWriter, r *http.Request) *coder.Conn {
	conn, err := coder.Accept(w, r, nil)
	if err != nil {
		return nil
	}
	f.mu.Lock()
	f.conns = append(f.conns, conn)
	f.mu.Unlock()
	_ = conn.Write(context.Background(), coder.MessageText, []byte("ready"))
	return conn
}

func (f *bareFanOut) wake() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

// BenchmarkSocketFanOut sends a message to 1,000 sockets in three ways: ours follow a topic, the
// goroutines of bare coder/websocket wait for it, and one loop writes to bare sockets, where a slow
// client would hold up all others. A round ends when all clients have the message. "ratio" and
// "loop-ratio" are how many times as many messages ours sends in the same time as the second and the
// third.
func BenchmarkSocketFanOut(b *testing.B) {
	const sockets = 1000
	hub := topics.New(topics.Options{})
	defer hub.Close()
	m := []byte(strings.Repeat("x", 100))
	each := &bareFanOut{changed: make(chan struct{}), message: m, over: make(chan struct{})}
	loop := &bareFanOut{over: make(chan struct{})}
	ways := []struct {
		handler http.Handler
		path    string
		send    func()
	}{
		{socketApp(b, hub), "/follow", func() {
			_, err := hub.Publish(context.Background(), "/room", "said", m)
			require.NoError(b, err)
		}},
		{http.HandlerFunc(each.each), "/", each.wake},
		{http.HandlerFunc(loop.loop), "/", func() {
			for _, conn := range loop.conns {
				require.NoError(b, conn.Write(context.Background(), coder.MessageText, m))
			}
		}},
	}
	var got [3]sync.WaitGroup
	for i, way := range ways {
		server := httptest.NewServer(way.handler)
		defer server.Close()
		for range sockets {
			conn := dialSocket(b, server, way.path)
			_, _, err := conn.Read(context.Background())
			require.NoError(b, err)
			b.Cleanup(func() { _ = conn.CloseNow() })
			go func() {
				for {
					if _, _, err := conn.Read(context.Background()); err != nil {
						return
					}
					got[i].Done()
				}
			}()
		}
	}
	defer close(each.over)
	defer close(loop.over)
	var spent [3]time.Duration
	for b.Loop() {
		for i, way := range ways {
			begun := time.Now()
			got[i].Add(sockets)
			way.send()
			got[i].Wait()
			spent[i] += time.Since(begun)
		}
	}
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "ratio")
	b.ReportMetric(spent[2].Seconds()/spent[0].Seconds(), "loop-ratio")
}

// another is a client of another library, gws.
type another struct {
	gws.BuiltinEventHandler
	messages chan string
	pongs    chan string
	closed   chan error
}

func (a *another) OnMessage(_ *gws.Conn, m *gws.Message) {
	a.messages <- string(m.Bytes())
	_ = m.Close()
}
func (a *another) OnPong(_ *gws.Conn, payload []byte) { a.pongs <- string(payload) }
func (a *another) OnClose(_ *gws.Conn, err error)     { a.closed <- err }

// TestAnotherClient: a client of another library speaks to a socket, with and without compression, with
// fragments, pings and close codes.
func TestAnotherClient(t *testing.T) {
	server := httptest.NewServer(socketApp(t, nil))
	defer server.Close()
	for _, compressed := range []bool{false, true} {
		a := &another{messages: make(chan string, 1), pongs: make(chan string, 1), closed: make(chan error, 1)}
		conn, resp, err := gws.NewClient(a, &gws.ClientOption{
			Addr:              strings.Replace(server.URL, "http", "ws", 1) + "/echo",
			PermessageDeflate: gws.PermessageDeflate{Enabled: compressed},
		})
		require.NoError(t, err)
		assert.Equal(t, compressed, resp.Header.Get("Sec-WebSocket-Extensions") != "")
		go conn.ReadLoop()
		for _, size := range []int{0, 1, 125, 126, 1 << 10, 1 << 16, 1 << 19} {
			text := strings.Repeat("ä", size/2)
			require.NoError(t, conn.WriteMessage(gws.OpcodeText, []byte(text)))
			assert.Equal(t, text, <-a.messages)
		}
		require.NoError(t, conn.Writev(gws.OpcodeBinary, []byte("a"), []byte("b")))
		assert.Equal(t, "ab", <-a.messages)
		require.NoError(t, conn.WriteFile(gws.OpcodeBinary, strings.NewReader(strings.Repeat("z", 300<<10)))) // in fragments
		assert.Len(t, <-a.messages, 300<<10)
		require.NoError(t, conn.WritePing([]byte("there?")))
		assert.Equal(t, "there?", <-a.pongs)
		conn.WriteClose(4000, []byte("bye"))
		<-a.closed

		conn, _, err = gws.NewClient(a, &gws.ClientOption{
			Addr:              strings.Replace(server.URL, "http", "ws", 1) + "/echo",
			PermessageDeflate: gws.PermessageDeflate{Enabled: compressed},
		})
		require.NoError(t, err)
		go conn.ReadLoop()
		require.NoError(t, conn.WriteMessage(gws.OpcodeBinary, make([]byte, 2<<20))) // too large
		end := <-a.closed
		var closed *gws.CloseError
		require.ErrorAs(t, end, &closed)
		assert.Equal(t, uint16(1009), closed.Code)
	}
}
