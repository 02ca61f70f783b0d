#!/usr/bin/env bash
# Go's github.com/fiorix/go-smpp at 2894b96e70ba (3 April 2021, its newest), against its own test server; seen on 28 November 2026.
#
# Guess:  pdutext.GSM7 writes a text in the GSM alphabet, and a letter that the alphabet lacks is "?" or an error. A text of 160 septets
#         given to SubmitLongMsg is one message.
# Seen:   one letter too many ("ç") and all of the text leaves as UTF-8, still under data_coding 0: "5€ ç" is 35e282ac20c3a7, and the
#         euro sign, which the alphabet has (1b65), is three wrong letters as well. Without the "ç" it is right. The submit is
#         accepted, and nothing says so. And SubmitLongMsg puts a header before every text (152 letters leave as 159), so 160 septets
#         leave as 152 + 8 and 70 letters as 66 + 4: what fits in one message costs two.
# For us: a gateway that is built on it turns one letter in a name into garbage in the whole text, in that person's text only. A test text with
#         a euro sign shows nothing; one with a "ç" and a euro sign does.
#
set -euo pipefail
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
mkdir "$dir/take" && cd "$dir/take"
export GOPATH=$dir/go GOFLAGS=-mod=mod
cat >go.mod <<'MOD'
module take

go 1.20

require github.com/fiorix/go-smpp v0.0.0-20210403173735-2894b96e70ba
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/fiorix/go-smpp/smpp"
	"github.com/fiorix/go-smpp/smpp/pdu"
	"github.com/fiorix/go-smpp/smpp/pdu/pdufield"
	"github.com/fiorix/go-smpp/smpp/pdu/pdutext"
	"github.com/fiorix/go-smpp/smpp/smpptest"
)

func take(c smpptest.Conn, p pdu.Body) {
	if p.Header().ID != pdu.SubmitSMID {
		smpptest.EchoHandler(c, p)
		return
	}
	text := p.Fields()[pdufield.ShortMessage].Bytes()
	fmt.Print(" coding ", p.Fields()[pdufield.DataCoding], " bytes ", len(text))
	if len(text) < 9 {
		fmt.Printf(" %x", text)
	}
	yes := pdu.NewSubmitSMResp()
	yes.Header().Seq = p.Header().Seq
	_ = yes.Fields().Set(pdufield.MessageID, "1")
	_ = c.Write(yes)
}

func main() {
	server := smpptest.NewUnstartedServer()
	server.Handler = take
	server.Start()
	defer server.Close()
	peer := &smpp.Transmitter{Addr: server.Addr(), User: smpptest.DefaultUser, Passwd: smpptest.DefaultPasswd}
	fmt.Println((<-peer.Bind()).Status())
	for _, text := range []pdutext.Codec{pdutext.GSM7("5€ c"), pdutext.GSM7("5€ ç")} {
		_, err := peer.Submit(&smpp.ShortMessage{Src: "60777", Dst: "447700900123", Text: text})
		fmt.Println("", err)
	}
	for _, text := range []pdutext.Codec{pdutext.GSM7(strings.Repeat("a", 152)), pdutext.GSM7(strings.Repeat("a", 160)), pdutext.UCS2(strings.Repeat("ş", 70))} {
		_, err := peer.SubmitLongMsg(&smpp.ShortMessage{Src: "60777", Dst: "447700900123", Text: text})
		fmt.Println("", err)
	}
}
GO
go mod tidy >/dev/null 2>&1
seen=$(go run .)
printf '%s\n' "$seen"
[[ $seen == "Connected
 coding 0 bytes 5 351b652063 <nil>
 coding 0 bytes 7 35e282ac20c3a7 <nil>
 coding 0 bytes 159 <nil>
 coding 0 bytes 159 coding 0 bytes 15 <nil>
 coding 8 bytes 139 coding 8 bytes 15 <nil>" ]] || { echo "it behaves otherwise now" >&2; exit 1; }
