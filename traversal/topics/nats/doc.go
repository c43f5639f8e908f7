// Package nats connects the topics of several processes by a subject of NATS.
//
//	conn, err := natsgo.Connect(os.Getenv("NATS_URL"), natsgo.MaxReconnects(-1))
//	if err != nil {
//		log.Fatal(err)
//	}
//	transport, err := nats.New(conn, nats.Options{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	hub := topics.New(topics.Options{Transport: transport})
//
// The names are [New] and [Options]. It uses the core of NATS: nothing is stored, and JetStream is
// not needed. While the connection is lost, the client of NATS keeps what this process sends, up to
// its ReconnectBufSize. What other processes send meanwhile is lost here, and the hub notices that.
package nats
