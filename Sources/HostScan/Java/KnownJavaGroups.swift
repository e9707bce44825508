/// Groups of libraries that are published without a note of their coordinates, as builds with Gradle and Ant are.
///
/// Advisories name group and artifact, so that a library without its group is judged by nobody. Names are taken that no other group publishes
/// widely.
enum KnownJavaGroups {
    static func group(of artifact: String) -> String? {
        if let exact = names[artifact] { return exact }
        return prefixes.first { artifact.hasPrefix($0.prefix) }?.group
    }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for (group, artifacts) in groups {
            for artifact in artifacts.split(separator: " ") { names[String(artifact)] = group }
        }
        return names
    }()

    /// Longer ones first where one begins with another.
    private static let prefixes: [(prefix: String, group: String)] = [
        ("spring-boot", "org.springframework.boot"), ("spring-security-", "org.springframework.security"),
        ("spring-session-", "org.springframework.session"), ("spring-integration-", "org.springframework.integration"),
        ("spring-batch-", "org.springframework.batch"), ("spring-kafka", "org.springframework.kafka"),
        ("spring-ws-", "org.springframework.ws"), ("spring-graphql", "org.springframework.graphql"),
        ("micrometer-", "io.micrometer"), ("kotlin-stdlib", "org.jetbrains.kotlin"),
        ("kotlinx-coroutines-", "org.jetbrains.kotlinx"), ("reactor-netty", "io.projectreactor.netty"),
        ("lucene-", "org.apache.lucene"), ("tomcat-embed-", "org.apache.tomcat.embed"),
        ("opentelemetry-", "io.opentelemetry"), ("grpc-", "io.grpc"), ("mockito-", "org.mockito"),
        ("junit-jupiter", "org.junit.jupiter"), ("jruby-", "org.jruby"),
        ("bcprov-", "org.bouncycastle"), ("bcpkix-", "org.bouncycastle"), ("bcutil-", "org.bouncycastle"),
        ("bcpg-", "org.bouncycastle"), ("bctls-", "org.bouncycastle"), ("bcmail-", "org.bouncycastle"),
        ("bc-fips", "org.bouncycastle"),
    ]

    private static let groups = [
        "org.springframework": """
        spring-aop spring-aspects spring-beans spring-context spring-context-indexer spring-context-support spring-core \
        spring-expression spring-instrument spring-jcl spring-jdbc spring-jms spring-messaging spring-orm spring-oxm spring-r2dbc \
        spring-test spring-tx spring-web spring-webflux spring-webmvc spring-webmvc-portlet spring-websocket
        """,
        "org.apache.tomcat": """
        tomcat-annotations-api tomcat-api tomcat-catalina tomcat-coyote tomcat-dbcp tomcat-jasper tomcat-jdbc tomcat-juli \
        tomcat-servlet-api tomcat-util tomcat-util-scan tomcat-websocket tomcat-websocket-api
        """,
        "org.apache.kafka": "kafka-clients kafka-streams connect-api connect-json connect-runtime",
        "org.apache.groovy": "groovy-bom", "org.apache.ant": "ant ant-launcher", "commons-logging": "commons-logging",
        "commons-collections": "commons-collections", "commons-beanutils": "commons-beanutils",
        "commons-fileupload": "commons-fileupload", "commons-httpclient": "commons-httpclient",
        "commons-io": "commons-io", "commons-lang": "commons-lang", "commons-codec": "commons-codec",
        "log4j": "log4j", "dom4j": "dom4j", "xalan": "xalan serializer", "xerces": "xercesImpl",
        "xml-apis": "xml-apis", "org.hibernate": "hibernate-core hibernate-entitymanager hibernate-envers",
        "org.aspectj": "aspectjrt aspectjtools aspectjweaver", "org.projectlombok": "lombok",
        "io.projectreactor": "reactor-core", "com.squareup.okhttp3": "okhttp", "com.squareup.okio": "okio okio-jvm",
        "io.reactivex.rxjava2": "rxjava", "org.elasticsearch": "elasticsearch elasticsearch-core",
        "com.h2database": "h2", "hsqldb": "hsqldb", "mysql": "mysql-connector-java", "com.mysql": "mysql-connector-j",
        "org.postgresql": "postgresql", "org.mariadb.jdbc": "mariadb-java-client", "org.json": "json",
        "net.minidev": "json-smart", "org.mozilla": "rhino", "org.jsoup": "jsoup",
        "org.eclipse.jgit": "org.eclipse.jgit",
        "com.jcraft": "jsch", "org.apache.shiro": "shiro-core shiro-web", "com.thoughtworks.xstream": "xstream",
    ]
}
