// Command chat is a chat: rooms with messages that arrive at once.
//
//	go run ./examples/chat
//
// and then http://127.0.0.1:6543/ in two browsers. Log in as alice, bob or carol with the password
// "open sesame". Everything is in memory. Several processes share the rooms through NATS or
// PostgreSQL, and the users of both talk to each other:
//
//	export CHAT_NATS_URL=nats://127.0.0.1:4222 CHAT_SECRET=$(openssl rand -base64 32)
//	go run ./examples/chat serve --addr 127.0.0.1:6543
//	go run ./examples/chat serve --addr 127.0.0.1:6544
//
// Read rooms.go first, which has the resources, then app.go, which declares the views, then talk.go
// and socket.go, which implement them. The page uses the websocket of a room, its stream of events
// if a proxy blocks websockets, and neither of them without scripts.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	natsgo "github.com/nats-io/nats.go"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/traversal/topics/nats"
	"github.com/mastaba-go/mastaba/traversal/topics/postgres"
)

func main() {
	cli.Main(build, cli.Options{Name: "chat", Short: "a chat", EnvPrefix: "CHAT", Settings: []cli.Setting{
		{Name: "nats_url", Default: "", Usage: "share the rooms through this URL of NATS"},
		{Name: "database_url", Default: "", Usage: "share the rooms through this URL of PostgreSQL"},
		{Name: "secret", Default: "", Usage: "the text that signs sessions, equal in all processes; at least 32 characters"},
	}})
}

// build declares the application. Every command that needs it calls build.
func build(ctx context.Context, env *cli.Env) (*framework.Configurator, error) {
	transport, closeTransport, err := connect(ctx, cli.Value[string](env, "nats_url"), cli.Value[string](env, "database_url"))
	if err != nil {
		return nil, err
	}
	secret := cli.Value[string](env, "secret")
	if secret == "" {
		secret = rand.Text() + rand.Text() // logins end with the process
	}
	hub := topics.New(topics.Options{Transport: transport})
	config, err := configure(env.Options(), hub, secret)
	if err != nil {
		closeTransport()
		return nil, err
	}
	config.OnStop(func(context.Context, *framework.App) error { closeTransport(); return nil })
	share(config, hub)
	return config, nil
}

// connect returns what connects the rooms of several processes; nil for one process alone.
func connect(ctx context.Context, natsURL, databaseURL string) (transport topics.Transport, closing func(), err error) {
	switch {
	case natsURL != "" && databaseURL != "":
		return nil, nil, errors.New("nats_url and database_url are both set: choose one")
	case natsURL != "":
		conn, err := natsgo.Connect(natsURL, natsgo.MaxReconnects(-1), natsgo.RetryOnFailedConnect(true))
		if err != nil {
			return nil, nil, fmt.Errorf("nats_url: %w", err)
		}
		transport, err := nats.New(conn, nats.Options{Subject: "mastaba.chat"})
		return transport, conn.Close, err
	case databaseURL != "":
		pool, err := pgxpool.New(ctx, databaseURL)
		if err != nil {
			return nil, nil, fmt.Errorf("database_url: %w", err)
		}
		transport, err := postgres.New(pool, postgres.Options{Channel: "mastaba_chat"})
		return transport, pool.Close, err
	}
	return nil, func() {}, nil
}

// share receives the messages of other processes while the application serves.
func share(config *framework.Configurator, hub *topics.Hub) {
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	config.OnServe(func(context.Context, *framework.App) error {
		go func() { ended <- hub.Run(ctx) }()
		return nil
	}, func(context.Context, *framework.App) error {
		cancel()
		hub.Close()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
}
