"""Certificates of a test's own authority, good ones and broken ones."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Issues certificates; `client` trusts it and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        key_id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        own = _builder(self._name, self._name, self._key.public_key()).add_extension(constraints, critical=True)
        own = own.add_extension(usage, critical=True).add_extension(key_id, critical=False)
        pem = own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        self.client = ssl.create_default_context(cadata=pem.decode())

    def server(self, *names: str, expired: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate for host names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
        alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
        issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = _builder(subject, self._name, key.public_key(), expired=expired)
        builder = builder.add_extension(alternatives, critical=False).add_extension(issuer_id, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        file = self._folder / f"{certificate.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool = False
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    end = now - datetime.timedelta(hours=1) if expired else now + datetime.timedelta(days=1)
    return x509.CertificateBuilder(subject_name=subject, issuer_name=issuer).public_key(key).serial_number(
        x509.random_serial_number()
    ).not_valid_before(now - datetime.timedelta(days=2)).not_valid_after(end)  # fmt: skip


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
