package websocket_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	coder "github.com/coder/websocket"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
)

// talk opens a socket of a program, sends messages, and prints what comes back until it closes.
func talk(config *framework.Configurator, target string, messages ...string) {
	app, err := config.App()
	if err != nil {
		panic(err)
	}
	served := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(served)
		app.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx := context.Background()
	conn, _, err := coder.Dial(ctx, strings.Replace(server.URL, "http", "ws", 1)+target, nil)
	if err != nil {
		panic(err)
	}
	defer conn.CloseNow()
	for _, m := range messages {
		if err := conn.Write(ctx, coder.MessageText, []byte(m)); err != nil {
			panic(err)
		}
	}
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			<-served
			fmt.Println("closed with", int(coder.CloseStatus(err)))
			return
		}
		fmt.Println(string(data))
	}
}

// A view that answers until the client says goodbye.
func ExampleOn() {
	shout := func(r *web.Request, _ any, conn *websocket.Conn) error {
		for {
			m, err := conn.Read(r.Context())
			if err != nil {
				return err
			}
			if m.String() == "bye" {
				return nil
			}
			if err := conn.Write(r.Context(), websocket.Text(strings.ToUpper(m.String()))); err != nil {
				return err
			}
		}
	}
	config := framework.New(framework.Options{})
	config.AddView(websocket.On(shout, websocket.Options{}), views.Name("shout"))
	talk(config, "/shout", "hello", "bye")
	// Output:
	// HELLO
	// closed with 1000
}

// Counter is a view as a type: aiopyramid's WebsocketConnectionView.
type Counter struct {
	websocket.Events
	n int
}

func (c *Counter) OnMessage(conn *websocket.Conn, m websocket.Message) error {
	c.n += len(m.Data)
	if c.n > 5 {
		return &websocket.CloseError{Code: 4000, Reason: "enough"}
	}
	return conn.Send(websocket.Text(fmt.Sprint(c.n)))
}

func (c *Counter) OnClose(_ *websocket.Conn, end *websocket.CloseError) {
	fmt.Println("counted", c.n, "and", end)
}

// A type with a value for each socket.
func ExampleStruct() {
	config := framework.New(framework.Options{})
	config.AddView(websocket.Struct(func(*web.Request, any) (*Counter, error) { return &Counter{}, nil }, websocket.Options{}))
	talk(config, "/", "one", "two")
	// Output:
	// 3
	// counted 6 and websocket: closed with status 4000 "enough"
	// closed with 4000
}

// An application whose views are sockets: each returns what it does with its own.
func ExampleWebsocketMapper() {
	config := framework.New(framework.Options{})
	config.SetViewMapper(websocket.WebsocketMapper)
	config.AddView(views.Func(func(r *web.Request) (websocket.Handler, error) {
		name := r.URL.Query().Get("name")
		if name == "" {
			return nil, web.BadRequest("who are you?") // instead of the handshake
		}
		return func(conn *websocket.Conn) error { return conn.Send(websocket.Text("hello " + name)) }, nil
	}), views.Name("greet"))
	talk(config, "/greet?name=ann")
	// Output:
	// hello ann
	// closed with 1000
}

// How a socket ended: aiopyramid's WebsocketClosed.
func ExampleCloseError() {
	config := framework.New(framework.Options{})
	config.AddView(websocket.On(func(r *web.Request, _ any, conn *websocket.Conn) error {
		_ = conn.Close(4001, "moved")
		_, err := conn.Read(r.Context())
		fmt.Println(err)
		return err // which is not an error of the view
	}, websocket.Options{}))
	talk(config, "/")
	// Output:
	// websocket: closed with status 4001 "moved"
	// closed with 4001
}

// Move is a message of a game.
type Move struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Values instead of texts.
func ExampleJSON() {
	config := framework.New(framework.Options{})
	config.AddView(websocket.On(func(r *web.Request, _ any, conn *websocket.Conn) error {
		moves := websocket.JSON[Move]{Conn: conn}
		for {
			move, err := moves.Receive(r.Context())
			if err != nil {
				return err
			}
			move.From, move.To = move.To, move.From
			if err := moves.Write(r.Context(), move); err != nil {
				return err
			}
		}
	}, websocket.Options{}))
	talk(config, "/", `{"from":"e2","to":"e4"}`, "what?")
	// Output:
	// {"from":"e4","to":"e2"}
	// closed with 1007
}
