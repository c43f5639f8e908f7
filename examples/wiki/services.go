package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	natsgo "github.com/nats-io/nats.go"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/redisstore"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
	"github.com/mastaba-go/mastaba/traversal/sqltree/postgres"
	"github.com/mastaba-go/mastaba/traversal/sqltree/sqlite"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/traversal/topics/nats"
	topicspg "github.com/mastaba-go/mastaba/traversal/topics/postgres"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/tweens/redislimit"
)

// addresses say where the services of a wiki are. Database, Redis and NATS are URLs, "" for none.
type addresses struct {
	File                  string // the SQLite file, without Database
	Database, Redis, NATS string

	// StaleFor is how long a page may be out of date if the event of its change is lost; 0: a
	// second.
	StaleFor time.Duration
}

// services are what a wiki keeps its state in, and shares with its other instances.
type services struct {
	db     *sqltree.Database
	hub    *topics.Hub   // who edits what, and the changes of the tree
	redis  *redis.Client // nil without Redis
	secret string        // of this wiki, the same for all instances
	log    *zerolog.Logger
	stale  time.Duration  // addresses.StaleFor
	ends   []func() error // in the order of the beginnings
}

// connectWithin limits how long each service may take to answer at the start.
const connectWithin = 10 * time.Second

// connect connects to the services. An error names the variable whose service is to blame. The
// caller closes them.
func connect(ctx context.Context, a addresses, log *zerolog.Logger) (*services, error) {
	s := &services{log: log, stale: cmp.Or(a.StaleFor, time.Second)}
	if err := s.connect(ctx, a); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *services) connect(ctx context.Context, a addresses) (err error) {
	if s.db, err = open(ctx, a); err != nil {
		return err
	}
	s.ends = append(s.ends, s.db.Close)
	err = transaction.Run(ctx, s.db, transaction.RunOptions{Attempts: 3}, func(ctx context.Context) (err error) {
		s.secret, err = secret(ctx, s.db)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.connectRedis(ctx, a.Redis); err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	transport, err := s.transport(ctx, a)
	if err != nil {
		return err
	}
	s.hub = topics.New(topics.Options{Transport: transport})
	s.ends = append(s.ends, func() error { s.hub.Close(); return nil })
	return nil
}

// close closes the services in the reverse order.
func (s *services) close() (err error) {
	for i := len(s.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, s.ends[i]())
	}
	return err
}

// ready returns an error while requests would fail.
func (s *services) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.db.Ping(ctx); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	if s.redis != nil {
		if err := s.redis.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("redis: %w", err)
		}
	}
	return nil
}

// away is a tween that makes a 503 of a database that cannot be reached.
func (s *services) away(next framework.Handler) framework.Handler {
	return func(r *framework.Request) (*framework.Response, error) {
		resp, err := next(r)
		return resp, s.db.Explain(err)
	}
}

// namespace returns what is this wiki's alone, for names in services that other wikis may use too:
// an account there has nothing to do with one of the same name here.
func (s *services) namespace() string {
	sum := sha256.Sum256([]byte("namespace " + s.secret))
	return hex.EncodeToString(sum[:8])
}

func open(ctx context.Context, a addresses) (*sqltree.Database, error) {
	if a.Database == "" {
		return sqlite.Open(ctx, a.File, sqlite.Options{})
	}
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	db, err := postgres.Open(ctx, a.Database, postgres.Options{})
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return db, nil
}

// secret returns the secret of the wiki in a database, which the first call makes.
func secret(ctx context.Context, db *sqltree.Database) (value string, err error) {
	tx, err := transaction.Tx(ctx)
	if err != nil {
		return "", err
	}
	if err := db.Dialect().LockSchema(ctx, tx); err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, settingsTable); err != nil {
		return "", err
	}
	bind := db.Dialect().Bind
	if _, err := tx.ExecContext(ctx, bind(`INSERT INTO wiki_settings (name, value) VALUES ('secret', $1) ON CONFLICT DO NOTHING`), rand.Text()+rand.Text()); err != nil {
		return "", err
	}
	err = tx.QueryRowContext(ctx, `SELECT value FROM wiki_settings WHERE name = 'secret'`).Scan(&value)
	return value, err
}

// withoutURL returns an error about a URL without the URL, which may have a password.
func withoutURL(err error) error {
	if bad, ok := errors.AsType[*url.Error](err); ok {
		return bad.Err
	}
	return err
}

// connectRedis connects to Redis. The client connects again by itself.
func (s *services) connectRedis(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		return withoutURL(err)
	}
	o.ContextTimeoutEnabled, o.DialTimeout, o.ReadTimeout = true, time.Second, 2*time.Second
	o.MaxRetries, o.DialerRetries = 1, 1 // so that requests do not wait long while Redis is away
	s.redis = redis.NewClient(o)
	s.ends = append(s.ends, s.redis.Close)
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	return s.redis.Ping(ctx).Err()
}

// sessions returns the factory of sessions. They are in Redis, or else in the cookies, which all
// instances read with the same secret.
func (s *services) sessions() (*session.Factory, error) {
	o := session.Options{Timeout: 12 * time.Hour}
	if s.redis == nil {
		o.Secrets = []string{s.secret}
		return session.New(o)
	}
	store, err := redisstore.New(s.redis, redisstore.Options{Prefix: "wiki:" + s.namespace() + ":session:"})
	if err != nil {
		return nil, err
	}
	o.Store, o.StoreTimeout = store, 3*time.Second
	return session.New(o)
}

// counts returns where the attempts to log in are counted: in Redis by all instances together, or
// else (nil) by each instance for itself.
func (s *services) counts() (ratelimit.Store, error) {
	if s.redis == nil {
		return nil, nil
	}
	return redislimit.New(s.redis, redislimit.Options{Prefix: "wiki:" + s.namespace() + ":limit:"})
}

// transport returns what carries events to the other instances: NATS, or PostgreSQL, or nil if
// there cannot be any.
func (s *services) transport(ctx context.Context, a addresses) (topics.Transport, error) {
	switch {
	case a.NATS != "":
		conn, err := natsgo.Connect(a.NATS, natsgo.MaxReconnects(-1), natsgo.ReconnectWait(250*time.Millisecond), natsgo.Timeout(connectWithin),
			natsgo.DisconnectErrHandler(func(_ *natsgo.Conn, err error) {
				if err != nil {
					s.log.Warn().Err(err).Msg("the connection to NATS is lost")
				}
			}),
			natsgo.ReconnectHandler(func(*natsgo.Conn) { s.log.Info().Msg("connected to NATS again") }))
		if err != nil {
			return nil, fmt.Errorf("NATS_URL: %w", withoutURL(err))
		}
		s.ends = append(s.ends, func() error {
			_ = conn.FlushTimeout(time.Second) // what a command has published a moment ago
			conn.Close()
			return nil
		})
		return nats.New(conn, nats.Options{Subject: "wiki." + s.namespace()})
	case a.Database != "":
		pool, err := pgxpool.New(ctx, a.Database)
		if err != nil {
			return nil, fmt.Errorf("DATABASE_URL: %w", err)
		}
		s.ends = append(s.ends, func() error { pool.Close(); return nil })
		return topicspg.New(pool, topicspg.Options{
			Channel: "wiki_" + s.namespace(), // schemas of one database share channels
			OnError: func(err error) { s.log.Warn().Err(err).Msg("events of other instances do not arrive") },
		})
	}
	return nil, nil
}

// receive receives the events of other instances while the application serves.
func (s *services) receive(config *framework.Configurator) {
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	config.OnServe(func(context.Context, *framework.App) error {
		go func() { ended <- s.hub.Run(ctx) }()
		return nil
	}, func(context.Context, *framework.App) error {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
}
