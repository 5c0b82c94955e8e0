#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A service speaks gRPC and takes a realm's tokens in the field "authorization". A token grows with its user's roles: some 200 of them are
# 8 KB. A client in Python calls services in four languages, each as it comes, with one token a hundred times.
#
# Expected: a limit, which may differ from language to language: below it every call comes in, above it none.
# Seen: Go and Node take 60 KB, Java 8 KB: up to 10 KB it answers by a plain HTTP 431, above by closing the connection, which the client
# tells as UNAVAILABLE, "Stream removed". Python, by the core in C that is also below C++, Ruby and PHP, has two limits. Up to 8 KB all
# calls come in, from 16 KB on none; in between each call is refused by chance: one in six at 9 KB, every second at 12 KB, nine of ten at
# 15 KB, with the same token on the same connection. Trying again helps, so that it looks like the network, and RESOURCE_EXHAUSTED reads
# like a limit of rate. All fields count together, each with 32 bytes more. Told grpc.max_metadata_size and
# grpc.absolute_max_metadata_size the server takes them all.
# For us: a client's tokens have the roles of its own scope alone with fullScopeAllowed false; docs/usage/provider-programs.md says so.
#
# grpcio 1.85.3 (Python), grpc-go 1.85.0, @grpc/grpc-js 1.14.7 (Node 18), grpc-java 1.85.1 (netty, Java 17).
set -euo pipefail
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install grpcio==1.85.3
cat >server.py <<'PY'
import sys
from concurrent import futures

import grpc

LIMITS = [("grpc.max_metadata_size", 65536), ("grpc.absolute_max_metadata_size", 65536)]
methods = {"Get": grpc.unary_unary_rpc_method_handler(lambda _request, _context: b"")}
server = grpc.server(futures.ThreadPoolExecutor(4), options=LIMITS if "told" in sys.argv else None)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("api.Api", methods),))
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
PY

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7
cat >server.mjs <<'JS'
import grpc from '@grpc/grpc-js'

const bytes = value => value
const Get = { path: '/api.Api/Get', requestStream: false, responseStream: false,
  requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes }
const server = new grpc.Server()
server.addService({ Get }, { Get: (_call, answer) => answer(null, Buffer.alloc(0)) })
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => console.log(port))
JS

cat >go.mod <<'GO'
module server

go 1.25

require google.golang.org/grpc v1.85.0
GO
cat >server.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

func get(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	return new(emptypb.Empty), decode(new(emptypb.Empty))
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	methods := []grpc.MethodDesc{{MethodName: "Get", Handler: get}}
	server.RegisterService(&grpc.ServiceDesc{ServiceName: "api.Api", HandlerType: (*any)(nil), Methods: methods}, struct{}{})
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(server.Serve(listener))
}
GO
export GOPATH=$work/go
go mod tidy >/dev/null 2>&1
go build -o server-go .

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>server</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.grpc</groupId><artifactId>grpc-netty-shaded</artifactId><version>1.85.1</version></dependency>
    <dependency><groupId>io.grpc</groupId><artifactId>grpc-stub</artifactId><version>1.85.1</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Serve.java <<'JAVA'
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;

public class Serve {
    static class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        public InputStream stream(byte[] value) { return new ByteArrayInputStream(value); }
        public byte[] parse(InputStream stream) { return new byte[0]; }
    }

    public static void main(String[] arguments) throws Exception {
        var get = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("api.Api/Get").build();
        var service = ServerServiceDefinition.builder("api.Api").addMethod(get, ServerCalls.asyncUnaryCall((request, answer) -> {
            answer.onNext(new byte[0]);
            answer.onCompleted();
        })).build();
        var server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).addService(service).build().start();
        System.out.println(server.getPort());
        server.awaitTermination();
    }
}
JAVA
javac -cp 'jars/*' Serve.java

cat >ask.py <<'PY'
import collections
import sys

import grpc

CALLS = int(sys.argv[3])
for size in (7000, 9000, 12000, 15000, 17000, 60000):
    with grpc.insecure_channel("127.0.0.1:" + sys.argv[2]) as channel:
        get = channel.unary_unary("/api.Api/Get")
        good, refusals = 0, collections.Counter()
        for _ in range(CALLS):
            try:
                get(b"", metadata=[("authorization", "Bearer " + size * "t")], timeout=30)
                good += 1
            except grpc.RpcError as refusal:
                refusals[f"{refusal.code().name} {refusal.details().split(' (')[0]}"] += 1
    some = "all" if good == CALLS else "some" if good else "none"
    print("; ".join([f"{sys.argv[1]}, {size} bytes: {some}", *sorted(refusals)]))
    print(f"({good} of {CALLS})", file=sys.stderr)
PY
ask() {
    local name=$1 calls=$2
    shift 2
    "$@" >"port-$name" 2>"log-$name" &
    pids+=($!)
    until [ -s "port-$name" ]; do sleep 0.1; done
    v/bin/python ask.py "$name" "$(cat "port-$name")" "$calls" 2>>calls
}
{
    ask Python 100 v/bin/python server.py
    ask Python-told 100 v/bin/python server.py told
    ask Go 100 ./server-go
    ask Node 100 node server.mjs
    ask Java 5 java -cp "$work:jars/*" Serve
} >seen
cat seen
cat >expected <<'TEXT'
Python, 7000 bytes: all
Python, 9000 bytes: some; RESOURCE_EXHAUSTED received metadata size exceeds soft limit
Python, 12000 bytes: some; RESOURCE_EXHAUSTED received metadata size exceeds soft limit
Python, 15000 bytes: some; RESOURCE_EXHAUSTED received metadata size exceeds soft limit
Python, 17000 bytes: none; RESOURCE_EXHAUSTED received metadata size exceeds hard limit
Python, 60000 bytes: none; RESOURCE_EXHAUSTED received metadata size exceeds hard limit
Python-told, 7000 bytes: all
Python-told, 9000 bytes: all
Python-told, 12000 bytes: all
Python-told, 15000 bytes: all
Python-told, 17000 bytes: all
Python-told, 60000 bytes: all
Go, 7000 bytes: all
Go, 9000 bytes: all
Go, 12000 bytes: all
Go, 15000 bytes: all
Go, 17000 bytes: all
Go, 60000 bytes: all
Node, 7000 bytes: all
Node, 9000 bytes: all
Node, 12000 bytes: all
Node, 15000 bytes: all
Node, 17000 bytes: all
Node, 60000 bytes: all
Java, 7000 bytes: all
Java, 9000 bytes: none; UNKNOWN Received http2 header with status: 431
Java, 12000 bytes: none; UNAVAILABLE Stream removed
Java, 15000 bytes: none; UNAVAILABLE Stream removed
Java, 17000 bytes: none; UNAVAILABLE Stream removed
Java, 60000 bytes: none; UNAVAILABLE Stream removed
TEXT
diff seen expected
